import type { Setting } from './setting.js';

export const PREFIX = 'ATELIER_';

/** Behind the name of a variable: it names a file that holds the value. */
export const FILE_SUFFIX = '_FILE';

/** The variables that may set it, the most telling first. */
export function variablesOf({ env, alias }: Setting): string[] {
  return [env, ...(alias ?? [])];
}

/** Its name in a section of the configuration file: `bodyLimitMb` is `body_limit_mb`. */
export function fieldOf({ property }: Setting): string {
  return property.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * Its name on the command line, without the dashes before it: `ATELIER_BODY_LIMIT_MB` is
 * `body-limit-mb`. A secret is given as a file, because everybody on the machine can read a command line.
 */
export function flagOf({ env, secret }: Setting): string {
  const name = env.slice(PREFIX.length).toLowerCase().replaceAll('_', '-');
  return secret ? `${name}-file` : name;
}
