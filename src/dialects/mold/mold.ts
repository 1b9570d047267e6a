import type { Dialect } from '../dialect.js';
import { MOLD_ERRORS } from './errors.js';
import { MoldModule } from './mold.module.js';

/** The API of `mold serve` (seed mold-server-api), as its command line sends and reads it. */
export const MOLD: Dialect = {
  name: 'mold',
  title: 'Atelier: the API of mold',
  description:
    'What the command line of mold sends to a server of its own, and what it reads. A request waits for its job, which is an ordinary one in the ordinary queue.',
  prefix: '/mold',
  mount: '/mold',
  module: MoldModule,
  errors: MOLD_ERRORS,
  docs: { page: '/api/docs', document: '/api/openapi.json' },
};
