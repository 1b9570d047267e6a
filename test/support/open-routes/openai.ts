/** What is open to everybody there; a route that should be is added here, on purpose. */
export const OPEN_ROUTES: readonly string[] = [
  'GET /v1/images/files/:job_id/:filename',
  'OPTIONS /v1/images/generations',
  'OPTIONS /v1/images/edits',
  'OPTIONS /v1/images/variations',
  'OPTIONS /v1/models',
];
