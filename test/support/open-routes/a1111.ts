/** What is open to everybody there: nothing. */
export const OPEN_ROUTES: readonly string[] = [];
