import { readBasic } from '../../auth/index.js';
import type { Dialect } from '../dialect.js';
import { A1111Module } from './a1111.module.js';
import { A1111_ERRORS } from './errors.js';

/** The API of AUTOMATIC1111's stable-diffusion-webui, as its clients of today use it. */
export const A1111: Dialect = {
  name: 'a1111',
  title: 'Atelier: the API of AUTOMATIC1111',
  description:
    'What clients of stable-diffusion-webui send and read. Options, progress and interruption are those of each user. HTTP Basic is understood: a username and a password, or an API key in the place of either.',
  prefix: '/sdapi/v1',
  mount: '',
  module: A1111Module,
  errors: A1111_ERRORS,
  docs: { page: '/sdapi/v1/docs', document: '/sdapi/v1/openapi.json' },
  showCredential: ({ headers }) => readBasic(headers),
};
