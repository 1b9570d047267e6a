import { copyFile, link, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { partialName } from '../../common/index.js';

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function existsError(path: string): Error {
  return Object.assign(new Error(`There is a file at ${path} already.`), { code: 'EEXIST' });
}

/** A folder's new entries survive a power cut after this; not every system can. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

/**
 * Gives a finished file its name, and never another file's; nobody sees a part of it under that name.
 * @throws an error with the code EEXIST when there is something of that name.
 */
export async function moveNew(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
    await rm(from);
  } catch (error) {
    if (codeOf(error) === 'EEXIST' || codeOf(error) === 'ENOENT') throw error;
    if (codeOf(error) === 'EXDEV') await moveFar(from, to);
    // Some file systems have no links.
    else if (await isThere(to)) throw existsError(to);
    else await rename(from, to);
  }
  await syncFolder(dirname(to));
}

async function moveFar(from: string, to: string): Promise<void> {
  const near = join(dirname(to), partialName());
  try {
    await copyFile(from, near);
    await moveNew(near, to);
  } catch (error) {
    await rm(near, { force: true });
    throw error;
  }
  await rm(from);
}
