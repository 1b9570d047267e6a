/** What is open to everybody there; a route that should be is added here, on purpose. */
export const OPEN_ROUTES: readonly string[] = [
  'GET /mold/health',
  'GET /mold/api/gallery/image/:filename',
  'GET /mold/api/gallery/thumbnail/:filename',
];
