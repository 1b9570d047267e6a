import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  EngineMemory,
  EnginePreview,
  EngineProgress,
  ImageEngine,
  ImageRequest,
  ModelSpec,
} from '../../src/engine/index.js';

export interface EngineUnderTest {
  engine: ImageEngine;
  /** A model that works. */
  model: ModelSpec;
  /** Other options for the same files: a model of its own to the engine. */
  other: ModelSpec;
  /** An upscaler of factor 4. */
  upscaler: ModelSpec;
}

const REQUEST: ImageRequest = {
  prompt: 'red apple',
  negativePrompt: '',
  width: 128,
  height: 128,
  steps: 3,
  cfgScale: 3,
  sampler: 'euler',
  seed: 42,
  batchCount: 1,
  clipSkip: -1,
};

/** What every image engine promises, whatever it is made of. */
export function engineContract(open: () => Promise<EngineUnderTest>): void {
  describe('the contract of an image engine', () => {
    let engine: ImageEngine;
    let model: ModelSpec;
    let other: ModelSpec;
    let upscaler: ModelSpec;

    beforeAll(async () => {
      ({ engine, model, other, upscaler } = await open());
    });

    afterAll(() => engine.close());

    const draw = async (change: Partial<ImageRequest> = {}): Promise<Buffer[]> => {
      await engine.load(model);
      const images = await engine.generate(model.key, { ...REQUEST, ...change });
      return images.map(({ data }) => Buffer.from(data));
    };

    it('says what it is and what it can do', async () => {
      const facts = await engine.facts();
      expect(facts.samplers).toContain('euler');
      expect(facts.schedulers).toContain('discrete');
      expect(facts.weightTypes).toContain('q8_0');
      expect(facts.version).not.toBe('');
      expect(facts.physicalCores).toBeGreaterThan(0);
      expect(facts.devices.map(({ name }) => name)).toContain('CPU');
      expect(facts.commit).toMatch(/^[0-9a-f]{7,}$/);
    });

    it('does not draw with a model that is not ready', async () => {
      await expect(engine.generate('nothing', REQUEST)).rejects.toMatchObject({
        reason: 'not_loaded',
      });
    });

    it('knows which models are ready, the least recently used first', async () => {
      await engine.load(model);
      await engine.load(other);
      expect(await engine.loaded()).toEqual([model.key, other.key]);
      await engine.load(model);
      expect(await engine.loaded()).toEqual([other.key, model.key]);
      await engine.unload(other.key);
      await engine.unload(other.key);
      expect(await engine.loaded()).toEqual([model.key]);
    });

    it('draws what was asked for, in the size that was asked for', async () => {
      await engine.load(model);
      const images = await engine.generate(model.key, { ...REQUEST, width: 64, batchCount: 2 });
      expect(images).toHaveLength(2);
      for (const image of images) {
        expect(image).toMatchObject({ width: 64, height: 128, channels: 3 });
        expect(image.data).toHaveLength(64 * 128 * 3);
      }
    });

    it('draws the same for the same request, and another picture for another seed', async () => {
      const [first] = await draw();
      const [again] = await draw();
      const [another] = await draw({ seed: 43 });
      expect(again!.equals(first!)).toBe(true);
      expect(another!.equals(first!)).toBe(false);
    });

    it('draws picture n of a batch as seed + n alone', async () => {
      const [, second] = await draw({ batchCount: 2 });
      const [alone] = await draw({ seed: 43 });
      expect(second!.equals(alone!)).toBe(true);
    });

    it('counts the steps of the whole batch, each once and in order', async () => {
      await engine.load(model);
      const seen: EngineProgress[] = [];
      const onProgress = (progress: EngineProgress): void => void seen.push(progress);
      await engine.generate(model.key, { ...REQUEST, batchCount: 2 }, { onProgress });
      const sampling = seen.filter(({ phase }) => phase === 'sampling');
      expect(sampling.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
      expect(new Set(sampling.map(({ steps }) => steps))).toEqual(new Set([6]));
    });

    it('shows the picture in the making only when asked to', async () => {
      await engine.load(model);
      const seen: EnginePreview[] = [];
      const watch = { onPreview: (preview: EnginePreview) => void seen.push(preview) };
      await engine.generate(model.key, REQUEST, watch);
      expect(seen).toEqual([]);
      await engine.generate(
        model.key,
        { ...REQUEST, preview: { mode: 'tae', interval: 1 } },
        watch,
      );
      expect(seen.length).toBeGreaterThan(0);
      const { width, height, channels, data } = seen[0]!.image;
      expect(data).toHaveLength(width * height * channels);
    });

    it('tells what a picture took in memory, once, and more for a larger one', async () => {
      await engine.load(model);
      const told: EngineMemory[] = [];
      const watch = { onMemory: (memory: EngineMemory) => void told.push(memory) };
      await engine.generate(model.key, { ...REQUEST, width: 64, height: 64 }, watch);
      await engine.generate(model.key, { ...REQUEST, width: 256, height: 256 }, watch);
      const [small, large] = told.map(({ ram }) => ram);
      expect(told).toHaveLength(2);
      expect(small).toBeGreaterThan(1_000_000);
      expect(large).toBeGreaterThan(small!);
    });

    it('does not begin what was cancelled before', async () => {
      await engine.load(model);
      const signal = AbortSignal.abort();
      await expect(engine.generate(model.key, REQUEST, { signal })).rejects.toMatchObject({
        reason: 'cancelled',
      });
    });

    it('stops at the next step, and draws the next picture as if nothing had been', async () => {
      const [calm] = await draw();
      const abort = new AbortController();
      let last = 0;
      const cancelled = engine.generate(
        model.key,
        { ...REQUEST, steps: 100 },
        {
          signal: abort.signal,
          onProgress: ({ phase, step }) => {
            if (phase !== 'sampling') return;
            last = step;
            if (step === 2) abort.abort();
          },
        },
      );
      await expect(cancelled).rejects.toMatchObject({ reason: 'cancelled' });
      expect(last).toBeLessThanOrEqual(4);
      const [after] = await draw();
      expect(after!.equals(calm!)).toBe(true);
    });

    it('enlarges a picture with an upscaler that is ready, and does nothing else with it', async () => {
      const image = {
        width: 24,
        height: 16,
        channels: 3 as const,
        data: Buffer.alloc(24 * 16 * 3),
      };
      await engine.load(upscaler);
      expect((await engine.loaded()).at(-1)).toBe(upscaler.key);
      const large = await engine.upscale(upscaler.key, image);
      expect(large).toMatchObject({ width: 96, height: 64, channels: 3 });
      expect(large.data).toHaveLength(96 * 64 * 3);
      const notReady = { reason: 'not_loaded' };
      await expect(engine.generate(upscaler.key, REQUEST)).rejects.toMatchObject(notReady);
      await engine.load(model);
      await expect(engine.upscale(model.key, image)).rejects.toMatchObject(notReady);
      await engine.unload(upscaler.key);
      expect(await engine.loaded()).not.toContain(upscaler.key);
      await expect(engine.upscale(upscaler.key, image)).rejects.toMatchObject(notReady);
    });

    it('serves calls in the order in which they came', async () => {
      await engine.load(model);
      const ended: number[] = [];
      await Promise.all(
        [1, 2, 3].map(async (seed) => {
          await engine.generate(model.key, { ...REQUEST, steps: 1, seed });
          ended.push(seed);
        }),
      );
      expect(ended).toEqual([1, 2, 3]);
    });
  });
}
