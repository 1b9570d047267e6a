/** Characters that a password must have at least, as the server wants it. */
export const SHORTEST_PASSWORD = 8;

/**
 * What is wrong with a new password before the server is asked; nothing where all is well.
 * @param old the one that it takes the place of, if there is one
 */
export function problemOfNew(password: string, old?: string): string | undefined {
  if (Array.from(password).length < SHORTEST_PASSWORD)
    return `A password has at least ${SHORTEST_PASSWORD} characters.`;
  return password === old ? 'That is the password you have: choose another.' : undefined;
}
