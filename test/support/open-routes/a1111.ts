/** What is open to everybody there; a route that should be is added here, on purpose. */
export const OPEN_ROUTES: readonly string[] = ['OPTIONS /sdapi/v1/v1/images/generations'];
