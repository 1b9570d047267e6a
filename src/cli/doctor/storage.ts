import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { originOf, type Config } from '../../config/index.js';
import { broken, good, wanting, type Finding } from './finding.js';

const GIB = 2 ** 30;

/** Bytes below which a server cannot go on, and below which one should know. */
const NO_ROOM = 0.1 * GIB;
const LITTLE_ROOM = 2 * GIB;

/** Others' bits of a file's mode. */
const OTHERS = 0o077;

async function nearest(path: string): Promise<string> {
  const there = await stat(path).catch(() => undefined);
  return there || path === dirname(path) ? path : nearest(dirname(path));
}

export async function dataFolder({ storage: { dataDir } }: Config): Promise<Finding> {
  const found = await stat(dataDir).catch(() => undefined);
  const place = await nearest(dataDir);
  const writable = await access(place, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!writable) {
    return broken(
      `Nothing can be written into ${place}.`,
      `Give it to the user of the server, or choose another folder with ATELIER_DATA_DIR.`,
    );
  }
  if (!found) return good(`The data folder ${dataDir} will be made at the first start.`);
  if (!found.isDirectory()) return broken(`${dataDir} is no folder.`, 'Choose another one.');
  if (found.mode & OTHERS) {
    return wanting(
      `Others on this machine may enter the data folder ${dataDir}, which holds secrets.`,
      `Run "chmod 700 ${dataDir}".`,
    );
  }
  return good(`The data folder ${dataDir} is writable and private.`);
}

export async function disk({ storage: { dataDir } }: Config): Promise<Finding> {
  const { bavail, bsize } = await statfs(await nearest(dataDir));
  const free = bavail * bsize;
  const words = `${(free / GIB).toFixed(1)} GiB are free for the data folder.`;
  const mend = 'Make room, or choose a folder elsewhere with ATELIER_DATA_DIR.';
  if (free < NO_ROOM) return broken(words, mend);
  return free < LITTLE_ROOM ? wanting(words, mend) : good(words);
}

/** A configuration file that holds secrets is for its owner only. */
export async function configFile(config: Config): Promise<Finding> {
  const { file, sources } = originOf(config);
  if (!file) return good('There is no configuration file.');
  const { mode } = await stat(file);
  const secret = [...sources].some(
    ([setting, { kind }]) => kind === 'file' && /password|secret|token$/i.test(setting),
  );
  if (!secret || !(mode & OTHERS)) return good(`The configuration file ${file} is good.`);
  return wanting(
    `Others on this machine may read the secrets in ${file}.`,
    `Run "chmod 600 ${file}", or name files with the secrets there.`,
  );
}
