/** The model that each user has loaded with this API: that of requests which name none. */
export const DRAWING = { client: 'mold', what: 'drawing' } as const;
