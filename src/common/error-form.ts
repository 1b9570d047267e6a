import type { Type } from '@nestjs/common';
import { ErrorEnvelope, toEnvelope } from './error-envelope.js';
import type { AppError } from './errors.js';
import { isBelow } from './paths.js';

/** What a failed request is answered with. */
export interface ErrorReply {
  /** HTTP status. */
  status: number;
  headers: Record<string, string>;
  /** Sent as JSON; undefined: an empty body. */
  body: object | undefined;
}

/** The form that one API gives to errors. */
export interface ErrorForm {
  /** The class that describes its bodies. */
  body: Type<unknown>;
  reply(error: AppError, requestId: string, now?: Date): ErrorReply;
}

/** The core's own form (seed stable-diffusion-cpp-rest, "Error Responses"). */
export const CORE_ERRORS: ErrorForm = {
  body: ErrorEnvelope,
  reply: (error, requestId, now) => ({
    status: error.status,
    headers: error.headers,
    body: toEnvelope(error, requestId, now),
  }),
};

/** The form of errors below an address. */
export interface PlacedForm {
  /** First part of the path, such as `/sdcpp`. */
  prefix: string;
  errors: ErrorForm;
}

/** Which form the errors of an address have: that of the longest prefix, else the core's. */
export function errorFormOf(places: readonly PlacedForm[], url: string): ErrorForm {
  const [path = ''] = url.split('?', 1);
  const found = places
    .filter(({ prefix }) => isBelow(path, prefix))
    .toSorted((a, b) => b.prefix.length - a.prefix.length);
  return found[0]?.errors ?? CORE_ERRORS;
}
