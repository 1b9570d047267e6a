/**
 * How long a connection of any listener may take, in milliseconds: for the head of a request, and idle between
 * two requests. Bodies have bounds of their own, since an honest upload may last for hours.
 */
export const CONNECTION_TIMES = {
  headersTimeout: 10_000,
  requestTimeout: 0,
  keepAliveTimeout: 30_000,
  connectionsCheckingInterval: 2000,
} as const;
