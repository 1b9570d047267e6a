import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImageOptions, Progress } from '../../native/index.js';
import { ImageContext, engineInfo, engineNames, setLogHandler } from '../../native/index.js';
import { apple, digest, model, rgb, tiles, withSteps } from '../support/native-addon.js';

let scratch: string;
let context: ImageContext;

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'native-addon-'));
  context = await ImageContext.load(model);
});

afterAll(async () => {
  await context.free();
  rmSync(scratch, { recursive: true });
});

function file(name: string, content: Uint8Array): string {
  const path = join(scratch, name);
  writeFileSync(path, content);
  return path;
}

describe('engineInfo and engineNames', () => {
  it('name the processor and its features', () => {
    const info = engineInfo();
    expect(info.devices).toContainEqual(expect.objectContaining({ name: 'CPU', type: 'cpu' }));
    expect(info.physicalCores).toBeGreaterThan(0);
    expect(info.systemInfo).toContain('LLAMAFILE = 1');
    expect(info.systemInfo).toContain('OPENMP = 1');
  });

  it('list the names of every enum, without the types the engine has removed', () => {
    const names = engineNames();
    for (const list of Object.values(names)) {
      expect(list.length).toBeGreaterThan(2);
      expect(new Set(list).size).toBe(list.length);
    }
    expect(names.samplers).toContain('euler');
    expect(names.weightTypes).toContain('q8_0');
    expect(names.weightTypes.join()).not.toMatch(/deprecated|removed/iu);
  });

  it('are names that options take', async () => {
    for (const wtype of engineNames().weightTypes) {
      await expect(ImageContext.load({ wtype, vaeFormat: 'nope' })).rejects.toMatchObject({
        field: 'vaeFormat',
      });
    }
  });
});

describe('ImageContext.load', () => {
  it('tells the defaults of the model', () => {
    expect(context).toMatchObject({ defaultSampler: 'euler', supportsImage: true });
    expect(context.supportsVideo).toBe(false);
    expect(context.defaultScheduler('euler')).toBe('discrete');
    expect(context.defaultScheduler('nope')).toBeNull();
  });

  it('rejects with the log lines of the failure when a file is missing', async () => {
    const llmPath = join(scratch, 'missing.gguf');
    await expect(ImageContext.load({ ...model, llmPath })).rejects.toMatchObject({
      code: 'LOAD_FAILED',
      log: expect.arrayContaining([expect.stringContaining('missing.gguf')]),
    });
  });

  it('rejects when a file is something else', async () => {
    const diffusionModelPath = file('foreign.gguf', Buffer.from('GIF89a, not a model at all'));
    const load = ImageContext.load({ ...model, diffusionModelPath });
    await expect(load).rejects.toMatchObject({ code: 'LOAD_FAILED' });
  });

  it('turns an exception of the engine into a rejection', async () => {
    const header = Buffer.from('{"a":{"dtype":5,"shape":"x"}}');
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(header.length));
    const taesdPath = file('odd.safetensors', Buffer.concat([size, header]));
    await expect(ImageContext.load({ ...model, taesdPath })).rejects.toMatchObject({
      code: 'ENGINE_ERROR',
      message: expect.stringContaining('type must be string'),
    });
  });

  it('lets a truncated file pass and fails the first generation', async () => {
    const whole = readFileSync(model.diffusionModelPath);
    const diffusionModelPath = file('half.gguf', whole.subarray(0, whole.length / 2));
    const half = await ImageContext.load({ ...model, diffusionModelPath });
    await expect(half.generateImage(apple)).rejects.toMatchObject({
      code: 'GENERATION_FAILED',
      log: expect.arrayContaining([expect.stringContaining('read tensor data failed')]),
    });
    await half.free();
  });

  it.each([
    ['wtype', { wtype: 'DEPRECATED' }],
    ['nThreads', { nThreads: 0 }],
    ['nThreads', { nThreads: 1.5 }],
    ['maxVram', { maxVram: Number.NaN }],
    ['modelPath', { modelPath: 'a\0b' }],
    ['embeddings[0].name', { embeddings: [{ name: '\0', path: 'x' }] }],
    ['tensorTypeRules', { tensorTypeRules: '([=f16' }],
    ['tensorTypeRules', { tensorTypeRules: 'model=nope' }],
  ])('refuses a bad %s', async (field, options) => {
    const load = ImageContext.load({ ...model, ...options });
    await expect(load).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', field });
  });
});

describe('ImageContext.generateImage', () => {
  it('makes the same bytes from the same seed, and others from another', async () => {
    const once = await context.generateImage(apple);
    const again = await context.generateImage({ ...apple, seed: 1n });
    const other = await context.generateImage({ ...apple, seed: 2 });
    expect(once[0]).toMatchObject({ width: 128, height: 128, channels: 3 });
    expect(once[0]?.data).toHaveLength(128 * 128 * 3);
    expect(digest(again)).toEqual(digest(once));
    expect(digest(other)).not.toEqual(digest(once));
  });

  it('gives the n-th picture of a batch the seed plus n', async () => {
    const batch = await context.generateImage({ ...apple, batchCount: 2 });
    const second = await context.generateImage({ ...apple, seed: 2 });
    expect(digest(batch)[1]).toBe(digest(second)[0]);
  });

  it('reports every sampling step once and in order, before the promise settles', async () => {
    const seen: Progress[] = [];
    await context.generateImage({ ...apple, batchCount: 2 }, (progress) => seen.push(progress));
    const sampling = seen.filter((progress) => progress.phase === 'sampling');
    expect(sampling.map(({ batchIndex, step, steps }) => [batchIndex, step, steps])).toEqual([
      ...[1, 2, 3, 4].map((step) => [0, step, 4]),
      ...[1, 2, 3, 4].map((step) => [1, step, 4]),
    ]);
    expect(sampling.every((progress) => progress.secondsPerStep > 0)).toBe(true);
  });

  it.each(engineNames().samplers)('reports the steps of %s in order', async (sampleMethod) => {
    const steps: number[] = [];
    await context.generateImage(
      { ...apple, width: 64, height: 64, sampleParams: { sampleMethod, sampleSteps: 3 } },
      ({ phase, step }) => phase === 'sampling' && steps.push(step),
    );
    expect(steps).toEqual([1, 2, 3]);
  });

  it('tells weights, tiles and the second pass from sampling', async () => {
    const fresh = await ImageContext.load(model);
    const seen: Progress[] = [];
    const hires = { enabled: true, upscaler: 'Lanczos', scale: 1.5, denoisingStrength: 0.5 };
    const [image] = await fresh.generateImage(
      { ...apple, initImage: rgb(128, 128), vaeTilingParams: tiles, hires },
      (progress) => seen.push(progress),
    );
    await fresh.free();
    const phases = seen.map(({ phase, pass }) =>
      phase === 'sampling' ? `${phase} ${pass}` : phase,
    );
    expect(new Set(phases)).toEqual(
      new Set(['loading', 'encoding', 'sampling 0', 'decoding', 'sampling 1']),
    );
    expect(phases.indexOf('encoding')).toBeLessThan(phases.indexOf('sampling 0'));
    expect(phases.at(-1)).toBe('decoding');
    expect(image).toMatchObject({ width: 192, height: 192 });
  });

  it('paints into a picture under a mask', async () => {
    const mask = {
      width: 128,
      height: 128,
      channels: 1,
      data: new Uint8Array(128 * 128).fill(255),
    };
    const options = { ...apple, initImage: rgb(64, 64, 255), maskImage: mask, strength: 0.5 };
    const [image] = await context.generateImage(options);
    expect(image).toMatchObject({ width: 128, height: 128 });
  });

  it('turns an exception of the engine into a rejection and goes on', async () => {
    const before = await context.generateImage(apple);
    const bad = context.generateImage({ ...apple, prompt: '(cat:.)' });
    await expect(bad).rejects.toMatchObject({ code: 'ENGINE_ERROR' });
    expect(digest(await context.generateImage(apple))).toEqual(digest(before));
  });

  it('leaves the event loop alone', async () => {
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 5);
    await context.generateImage(withSteps(8));
    clearInterval(timer);
    expect(turns).toBeGreaterThan(10);
  });

  const one = { width: 1, height: 1 };
  it.each<[string, Partial<ImageOptions>]>([
    ['prompt', { prompt: 'a\0b' }],
    ['negativePrompt', { negativePrompt: '\0' }],
    ['width', { width: 0 }],
    ['width', { width: 100 }],
    ['width', { width: 16392 }],
    ['height', { height: -128 }],
    ['height', { height: Number.NaN }],
    ['seed', { seed: -1 }],
    ['seed', { seed: 0.5 }],
    ['seed', { seed: 2n ** 63n }],
    ['seed', { seed: 2n ** 63n - 1n, batchCount: 2 }],
    ['batchCount', { batchCount: 0 }],
    ['strength', { strength: -0.1 }],
    ['strength', { strength: 1.1 }],
    ['strength', { strength: Number.NaN }],
    ['clipSkip', { clipSkip: -2 }],
    ['controlStrength', { controlStrength: Number.POSITIVE_INFINITY }],
    ['previewMode', { previewMode: 'nope' }],
    ['previewInterval', { previewInterval: 0 }],
    ['previewShare', { previewShare: 1.5 }],
    ['loras[1].multiplier', { loras: [{ path: 'a' }, { path: 'b', multiplier: Number.NaN }] }],
    ['initImage.channels', { initImage: { ...one, channels: 1, data: new Uint8Array(1) } }],
    ['initImage.channels', { initImage: { ...one, channels: 4, data: new Uint8Array(4) } }],
    ['initImage.data', { initImage: { ...one, channels: 3, data: new Uint8Array(4) } }],
    ['maskImage.width', { maskImage: { ...rgb(1, 1), width: 0 } }],
    ['refImages[0].channels', { refImages: [{ ...one, channels: 1, data: new Uint8Array(1) }] }],
    ['sampleParams.sampleSteps', { sampleParams: { sampleSteps: 0 } }],
    ['sampleParams.sampleSteps', { sampleParams: { sampleSteps: -1 } }],
    ['sampleParams.sampleMethod', { sampleParams: { sampleMethod: 'EULER' } }],
    ['sampleParams.sampleSteps', { sampleParams: { sampleSteps: 1, scheduler: 'gits' } }],
    ['hires.steps', { sampleParams: { scheduler: 'gits' }, hires: { steps: 1 } }],
    ['sampleParams.scheduler', { sampleParams: { scheduler: '' } }],
    ['sampleParams.customSigmas', { sampleParams: { customSigmas: [1] } }],
    ['sampleParams.customSigmas[1]', { sampleParams: { customSigmas: [1, Number.NaN] } }],
    ['sampleParams.guidance.txtCfg', { sampleParams: { guidance: { txtCfg: Number.NaN } } }],
    ['sampleParams.guidance.slg.layers', { sampleParams: { guidance: { slg: { layers: [-1] } } } }],
    ['vaeTilingParams.targetOverlap', { vaeTilingParams: { targetOverlap: 2 } }],
    ['cache.mode', { cache: { mode: 'nope' } }],
    ['cache.spectrumWindowSize', { cache: { spectrumWindowSize: 0 } }],
    ['hires.upscaler', { hires: { upscaler: 'latent' } }],
    ['hires.upscaleTileSize', { hires: { upscaleTileSize: 3 } }],
  ])('refuses a bad %s', async (field, options) => {
    const generation = context.generateImage({ ...apple, ...options });
    await expect(generation).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', field });
  });

  it('refuses a video from a model of pictures', async () => {
    const generation = context.generateVideo({ prompt: 'red apple', seed: 1 });
    await expect(generation).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  });
});

describe('setLogHandler', () => {
  it('hears what the engine logs', async () => {
    const lines: string[] = [];
    setLogHandler((level, text) => lines.push(`${level} ${text}`));
    await context.generateImage(apple);
    setLogHandler(() => undefined);
    expect(lines.join('\n')).toMatch(
      /^info stable-diffusion\.cpp:\d+ +- generate_image 128x128$/mu,
    );
  });
});
