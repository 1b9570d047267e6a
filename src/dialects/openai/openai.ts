import type { Dialect } from '../dialect.js';
import { OPENAI_ERRORS } from './errors.js';
import { OpenaiModule } from './openai.module.js';

/** The picture part of OpenAI's API, as its packages call it, with the fields of mistral.rs (seed mistralrs-images). */
export const OPENAI: Dialect = {
  name: 'openai',
  title: 'Atelier: the API of OpenAI for pictures',
  description:
    "What the packages of OpenAI send for pictures, and what they read; mistral.rs' fields are understood beside theirs. A request waits for its job, which is an ordinary one in the ordinary queue.",
  prefix: '/v1',
  mount: '',
  module: OpenaiModule,
  errors: OPENAI_ERRORS,
  docs: { page: '/v1/docs', document: '/v1/openapi.json' },
};
