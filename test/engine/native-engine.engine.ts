import { copyFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { NativeEngine } from '../../src/engine/native-engine.js';
import { engineContract } from '../support/engine-contract.js';
import { temporaryFolder } from '../support/folder.js';
import {
  OTHER_TINY_EMOJI,
  TINY_EMOJI_FILES,
  TINY_UPSCALER_FILE,
  tinyEmoji,
  tinyUpscaler,
} from '../support/tiny-emoji.js';

engineContract(async () => ({
  engine: await NativeEngine.open(),
  model: tinyEmoji(),
  other: OTHER_TINY_EMOJI,
  upscaler: tinyUpscaler(),
}));

describe('NativeEngine', () => {
  const removals: Array<() => Promise<void>> = [];
  afterEach(() => Promise.all(removals.splice(0).map((remove) => remove())));

  it('finds out while loading, not while drawing, that a weight file is cut short', async () => {
    const folder = await temporaryFolder();
    removals.push(folder.remove);
    const cut = join(folder.path, 'cut.gguf');
    await copyFile(TINY_EMOJI_FILES.diffusionModel, cut);
    await truncate(cut, 5_000_000);
    const engine = await NativeEngine.open();
    const model = tinyEmoji({ key: 'cut', files: { ...TINY_EMOJI_FILES, diffusionModel: cut } });
    await expect(engine.load(model)).rejects.toMatchObject({ reason: 'load_failed' });
    expect(await engine.loaded()).toEqual([]);
    await engine.close();
  });

  it('finds out while loading that an upscaler is cut short, or is none', async () => {
    const folder = await temporaryFolder();
    removals.push(folder.remove);
    const cut = join(folder.path, 'cut.safetensors');
    await copyFile(TINY_UPSCALER_FILE, cut);
    await truncate(cut, 500_000);
    const engine = await NativeEngine.open();
    for (const model of [cut, TINY_EMOJI_FILES.taesd, '/nowhere/x4.safetensors']) {
      const load = engine.load(tinyUpscaler({ key: model, files: { model } }));
      await expect(load).rejects.toMatchObject({ reason: 'load_failed' });
    }
    expect(await engine.loaded()).toEqual([]);
    await engine.close();
  });

  it('says which model has files that are not there', async () => {
    const engine = await NativeEngine.open();
    const files = { ...TINY_EMOJI_FILES, diffusionModel: '/nowhere/model.gguf' };
    const load = engine.load(tinyEmoji({ key: 'gone', name: 'gone', files }));
    await expect(load).rejects.toMatchObject({
      reason: 'load_failed',
      message: expect.stringContaining('gone') as string,
    });
    await engine.close();
  });
});
