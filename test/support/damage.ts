import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../src/common/index.js';

const EMBEDDED = join(PACKAGE_ROOT, 'models/tiny-emoji');

/** Bytes at the end of the file, where no header is. */
const LOST_WEIGHTS = 100_000;

/** Copies the embedded model under another name; gives its folder. */
export async function copyModel(folder: string, name: string): Promise<string> {
  const copy = join(folder, name);
  await cp(EMBEDDED, copy, {
    recursive: true,
    filter: (path) => !/\/(train|samples)$/.test(path),
  });
  const manifest = join(copy, 'model.json');
  const text = await readFile(manifest, 'utf8');
  await writeFile(manifest, JSON.stringify({ ...(JSON.parse(text) as object), name }));
  return copy;
}

/** Copies the embedded model under another name, with some of its weights gone: it draws otherwise. */
export async function copyModelOtherwise(folder: string, name: string): Promise<void> {
  const weights = join(await copyModel(folder, name), 'tiny-emoji.dit.gguf');
  const bytes = await readFile(weights);
  await writeFile(weights, bytes.fill(0, bytes.length - LOST_WEIGHTS));
}

/** A weights file whose header is valid JSON of the wrong shape: the engine's parser throws on it. */
export async function writeWrongHeader(path: string): Promise<void> {
  const header = Buffer.from(
    JSON.stringify({ weight: { dtype: 5, shape: 'x', data_offsets: {} } }),
  );
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  await writeFile(path, Buffer.concat([length, header]));
}
