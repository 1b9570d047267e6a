import type { IncomingMessage } from 'node:http';
import type { Type } from '@nestjs/common';
import type { ErrorForm } from '../common/index.js';

/** Another server's API, spoken by this one: a thin translation to and from the core. */
export interface Dialect {
  /** In settings and addresses, lower case. */
  name: string;
  /** What its description is called. */
  title: string;
  /** What its description says of it first, as Markdown. */
  description: string;
  /** First part of all its paths, such as `/sdcpp`. */
  prefix: string;
  /** What a listener of its own puts before the paths that its clients know; empty where these begin with the prefix anyway. */
  mount: string;
  /** Its controllers, and what they need. */
  module: Type<unknown>;
  errors: ErrorForm;
  /** Where its description is, below the mount: as a page, and as an OpenAPI document. */
  docs: { page: string; document: string };
  /** Puts what its clients show to prove who they are into the headers that the house reads. */
  showCredential?: (request: IncomingMessage) => void;
  /** Routes that set a cookie: no page of another origin may call them, whatever it shows. */
  cookieRoutes?: readonly string[];
  /** Its clients name a content type also where they send no body. */
  typesNothing?: boolean;
  /** The page, below the mount, to which a person who opens files of a listener without being signed in is sent. */
  signIn?: string;
}
