/** What is open to everybody there; a route that should be is added here, on purpose. */
export const OPEN_ROUTES: readonly string[] = [
  'GET /sdcpp/health',
  'GET /sdcpp/login',
  'POST /sdcpp/auth/login',
  'POST /sdcpp/auth/logout',
  'GET /sdcpp/output/:job_id',
  'GET /sdcpp/output/:job_id/:filename',
  'GET /sdcpp/output/:group_id/:job_id/:filename',
  'GET /sdcpp/thumb/:path',
  'GET /sdcpp/thumb/:job_id/:filename',
  'GET /sdcpp/thumb/:group_id/:job_id/:filename',
];
