/** Addresses of the dashboard's views: one page answers for all of them, and its router shows the right one. */
export const VIEWS = [
  '/',
  '/log-in',
  '/welcome',
  '/create',
  '/gallery',
  '/queue',
  '/models',
  '/chat',
  '/people',
  '/system',
  '/account',
];
