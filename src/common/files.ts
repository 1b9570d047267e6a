import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Ends the name of a file that is still being written. Other programs use it too: see {@link isPartialName}. */
export const PARTIAL_SUFFIX = '.part';

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
/** As they are now, and as they were in earlier versions: `image_0.png.<UUID>.part`. */
// pattern-check: for names of files, which a disk keeps short.
const PARTIAL_NAME = new RegExp(`^(?:\\.atelier-|[\\w-][\\w.-]*\\.)${UUID}\\.part$`);

/** @param id a UUID @returns the name of a file that is still being written, which no other program uses */
export function partialName(id: string = randomUUID()): string {
  return `.atelier-${id}${PARTIAL_SUFFIX}`;
}

/** Whether this program gave a file this name while it wrote it: what bears it after a crash is garbage. */
export function isPartialName(name: string): boolean {
  return PARTIAL_NAME.test(name);
}

/** The bits of a file's mode that are about other accounts. */
const OTHERS = 0o077;

/** Creates a folder that only this user may enter; one that is there already keeps its mode. */
export function makePrivateFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
}

/**
 * Takes other accounts of the machine their access to a folder that is there.
 * @returns whether it had to; a folder of another account cannot be changed, which is an Error
 */
export function closeFolder(path: string): boolean {
  const { mode } = statSync(path);
  if ((mode & OTHERS) === 0) return false;
  chmodSync(path, mode & ~OTHERS & 0o7777);
  return true;
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/**
 * Writes a file so that its name never shows anything but the whole of it, also after a crash or a
 * power cut: temporary name, fsync, rename, fsync of the folder.
 */
export async function writeWhole(path: string, data: Uint8Array): Promise<void> {
  const partial = join(dirname(path), partialName());
  try {
    const file = await open(partial, 'wx', 0o600);
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** The text in a file that only this user may read; made by `create` on first use. */
export function readOrCreateSecret(path: string, create: () => string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const secret = create();
  const partial = `${path}${PARTIAL_SUFFIX}`;
  writeFileSync(partial, `${secret}\n`, { mode: 0o600 });
  renameSync(partial, path);
  return secret;
}
