import { VIEWS } from '../../../src/web/views.js';

/**
 * What the seed stable-diffusion-cpp-rest lists as public ("Public Endpoints"), the ways in and the log in. A route
 * that should be open to everybody is added here, on purpose.
 */
export const OPEN_ROUTES: readonly string[] = [
  'POST /api/auth/login',
  'GET /api/auth/methods',
  'GET /api/health',
  'GET /api/status',
  'GET /api/version',
  'GET /api/queue/job/:id/output/:filename',
  'GET /api/v1/jobs/:id/output/:filename',
  'GET /api/image/download',
  'POST /api/validate',
  'GET /api/openapi.json',
  'GET /api/docs',
  'GET /api/docs/scalar.js',
  ...VIEWS.map((path) => `GET ${path}`),
  'GET /assets/:file',
  'GET /favicon.svg',
];
