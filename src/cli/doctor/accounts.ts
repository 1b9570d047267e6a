import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../config/index.js';
import { broken, good, type Finding } from './finding.js';

const FOLDER = '/etc/pam.d';

export function pam({ auth }: Config, folder = FOLDER): Finding {
  if (!auth.methods.includes('pam')) return good('Log ins by PAM are off.');
  const path = join(folder, auth.pamService);
  if (existsSync(path)) return good(`PAM has the service ${auth.pamService}.`);
  return broken(
    `Log ins by PAM are on, but there is no ${path}.`,
    `Write it, for example with the lines "auth required pam_unix.so" and "account required pam_unix.so".`,
  );
}
