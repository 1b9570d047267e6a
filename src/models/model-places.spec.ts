import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../config/index.js';
import { ModelPlaces } from './model-places.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-places-'));
});

afterEach(() => rm(folder, { recursive: true }));

const at = (...parts: string[]): string => join(folder, ...parts);

function places(env: Record<string, string> = {}): ModelPlaces {
  return new ModelPlaces(
    loadConfig({ ATELIER_DATA_DIR: at('data'), ATELIER_MODELS_DIR: at('models'), ...env }),
  );
}

describe('the folder of a type', () => {
  it('is named by custom where there is none yet', async () => {
    expect(await places().paths()).toMatchObject({
      checkpoint: at('models/checkpoints'),
      diffusion: at('models/diffusion_models'),
      lora: at('models/loras'),
      taesd: at('models/taesd'),
    });
  });

  it('is the one that is there, however it is written', async () => {
    await mkdir(at('models/Stable-Diffusion'), { recursive: true });
    await mkdir(at('models/Lora'), { recursive: true });
    const paths = await places().paths();
    expect(paths.checkpoint).toBe(at('models/Stable-Diffusion'));
    expect(paths.lora).toBe(at('models/Lora'));
  });

  it('is a configured one before all others, if it can be written to', async () => {
    await writeFile(at('a file'), '');
    await mkdir(at('second'));
    const env = { ATELIER_LORA_DIR: `${at('a file/loras')}:${at('second')}` };
    expect(await places(env).folderOf('lora')).toBe(at('second'));
  });
});

describe('a target', () => {
  it('may lie in a subfolder', async () => {
    expect(await places().target('lora', 'anime/old')).toBe(at('models/loras/anime/old'));
    expect(await places().target('lora', undefined)).toBe(at('models/loras'));
  });

  it.each([
    '..',
    '../..',
    'a/../../b',
    '/etc',
    'a//b',
    './a',
    'a/',
    '.hidden',
    'a\\..\\b',
    'C:evil',
    'nul\0byte',
    'line\nbreak',
    ' a',
    'a/b/c/d/e',
    'x'.repeat(101),
  ])('does not lie in %j', async (subfolder) => {
    await expect(places().target('lora', subfolder)).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      problems: [{ field: 'subfolder' }],
    });
  });

  it('does not lie behind a link that leads out, nor one that leads nowhere', async () => {
    await mkdir(at('models/loras'), { recursive: true });
    await mkdir(at('elsewhere'));
    await symlink(at('elsewhere'), at('models/loras/out'));
    await symlink(at('nowhere'), at('models/loras/lost'));
    for (const subfolder of ['out', 'out/deep', 'lost', 'lost/deep'])
      await expect(places().target('lora', subfolder)).rejects.toMatchObject({
        code: 'VALIDATION_ERROR',
      });
  });
});

describe('what is ours', () => {
  it('lies in a models folder, also one behind a link', async () => {
    await mkdir(at('disk'));
    await symlink(at('disk'), at('models'));
    expect(await places().owns(at('models/a.gguf'))).toBe(true);
    expect(await places().owns(at('disk/a.gguf'))).toBe(true);
    expect(await places().owns(at('models'))).toBe(true);
    expect(await places().owns(at('models/../data/atelier.db'))).toBe(false);
    expect(await places().owns(at('models-too/a.gguf'))).toBe(false);
    expect(await places().owns('/etc/passwd')).toBe(false);
  });

  it('is shown by its path below that folder', () => {
    expect(places().shown(at('models/loras/a.gguf'))).toBe('loras/a.gguf');
    expect(places().shown('/etc/passwd')).toBe('passwd');
  });
});
