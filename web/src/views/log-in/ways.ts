import { ApiError, messageOf } from '../../api/errors.js';
import type { AuthMethodsDto } from '../../api/generated/types.gen.js';

export type Methods = AuthMethodsDto['methods'];

/** How a browser may come in: with a password, with an API key, with nothing. */
export type Door = 'password' | 'key' | 'open';

/** The doors that are open, in the order in which they are offered. */
export function doorsOf(methods: Methods): Door[] {
  const doors: Array<[Door, boolean]> = [
    ['password', methods.includes('jwt') || methods.includes('pam')],
    ['key', methods.includes('api-key')],
    ['open', methods.includes('none')],
  ];
  return doors.filter(([, isOpen]) => isOpen).map(([door]) => door);
}

/** Whose passwords are taken. */
export function whosePassword(methods: Methods): string | undefined {
  if (!methods.includes('pam')) return undefined;
  return methods.includes('jwt')
    ? 'A user of this server, or an account of this machine.'
    : 'An account of this machine, with its password there.';
}

/** What a Unix socket means to somebody with a browser; nothing where there is none. */
export function aboutSocket(methods: Methods): string | undefined {
  if (!methods.includes('unix')) return undefined;
  if (doorsOf(methods).length > 0)
    return 'Programs of this machine come in over its Unix socket, too; a browser cannot.';
  return 'This server is for accounts of its machine, over a Unix socket. A browser cannot speak over one: use curl or another program, or ask whoever runs the server to switch on another way (ATELIER_AUTH_METHODS).';
}

/** What guests are told: the dashboard wants to know who they are, and they may not even ask that. */
export const NOTHING_FOR_GUESTS =
  'A guest only looks at pictures by their address: there is nothing for one here. An administrator can give you another role.';

/**
 * Why somebody did not come in, in plain words, and what to do about it.
 * @param door by which they tried
 */
export function whyNot(error: unknown, door: Door): string {
  if (!(error instanceof ApiError)) return messageOf(error);
  switch (error.code) {
    case 'INVALID_CREDENTIALS':
      return 'Unknown username or wrong password. Look at the spelling, and whether capitals are on.';
    case 'LOGIN_UNAVAILABLE':
      return 'The machine cannot check passwords right now. Try again in a moment; the log of the server says why.';
    case 'INSUFFICIENT_PERMISSIONS':
      return door === 'key'
        ? 'This key may not see who it belongs to, which the dashboard needs. Take one that may (account:read).'
        : NOTHING_FOR_GUESTS;
    default:
      return error.message;
  }
}
