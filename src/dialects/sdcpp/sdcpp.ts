import type { Dialect } from '../dialect.js';
import { showSdcppCredential } from './credential.js';
import { SDCPP_ERRORS } from './errors.js';
import { SdcppModule } from './sdcpp.module.js';

/** The API of stable-diffusion.cpp-restapi (seed sdcpp-restapi), and what its web UI of today sends and reads. */
export const SDCPP: Dialect = {
  name: 'sdcpp',
  title: 'Atelier: the API of stable-diffusion.cpp-restapi',
  description:
    'What clients of stable-diffusion.cpp-restapi and its web UI send, and what they read. The loaded model is the choice of each user, and the queue is their own.',
  prefix: '/sdcpp',
  mount: '/sdcpp',
  module: SdcppModule,
  errors: SDCPP_ERRORS,
  docs: { page: '/docs', document: '/openapi.json' },
  showCredential: showSdcppCredential,
  cookieRoutes: ['/sdcpp/auth/login', '/sdcpp/auth/logout'],
  typesNothing: true,
  signIn: '/login',
};
