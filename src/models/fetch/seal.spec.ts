import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadConfig } from '../../config/index.js';
import { Seal } from './seal.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-seal-'));
});

afterEach(() => rm(folder, { recursive: true }));

const seal = (): Seal => new Seal(loadConfig({ ATELIER_DATA_DIR: folder }));
const ADDRESS = 'https://example.org/a.gguf?token=ü';

it('keeps a text that this server alone can read, also after a restart', async () => {
  const sealed = seal().close(ADDRESS);
  expect(sealed).not.toContain('token');
  expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('token');
  expect(seal().close(ADDRESS)).not.toBe(sealed);
  expect(seal().open(sealed)).toBe(ADDRESS);
  expect((await stat(join(folder, 'downloads.key'))).mode & 0o777).toBe(0o600);
});

it('notices what was changed, and what another server has sealed', async () => {
  const sealed = seal().close(ADDRESS);
  const changed = Buffer.from(sealed, 'base64url');
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
  expect(() => seal().open(changed.toString('base64url'))).toThrow('another key');
  expect(() => seal().open('')).toThrow('another key');
  await rm(join(folder, 'downloads.key'));
  expect(() => seal().open(sealed)).toThrow('another key');
});
