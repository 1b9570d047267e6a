import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ImageContext } from '../../native/index.js';
import { apple, digest, model, tiles, withSteps } from '../support/native-addon.js';

let context: ImageContext;

beforeAll(async () => {
  context = await ImageContext.load(model);
});

afterAll(async () => {
  await context.free();
});

describe('ImageContext.cancel', () => {
  it('stops a run within one step and leaves the context usable', async () => {
    const before = await context.generateImage(apple);
    const steps: number[] = [];
    let stopped = false;
    const run = context.generateImage(withSteps(200), ({ phase, step }) => {
      if (phase !== 'sampling') return;
      steps.push(step);
      if (step === 3) stopped = context.cancel();
    });
    await expect(run).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(stopped).toBe(true);
    expect(steps.at(-1)).toBeLessThanOrEqual(5);
    expect(digest(await context.generateImage(apple))).toEqual(digest(before));
  });

  it('stops a run while it reads weights, after they are read', async () => {
    const fresh = await ImageContext.load(model);
    const phases = new Set<string>();
    const run = fresh.generateImage(apple, ({ phase }) => {
      phases.add(phase);
      if (phase === 'loading') fresh.cancel();
    });
    await expect(run).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(phases).toContain('loading');
    await expect(fresh.generateImage(apple)).resolves.toHaveLength(1);
    await fresh.free();
  });

  it('stops a run between the tiles of decoding', async () => {
    const run = context.generateImage({ ...apple, vaeTilingParams: tiles }, ({ phase }) => {
      if (phase === 'decoding') context.cancel();
    });
    await expect(run).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('stops the oldest run only, also one that has not begun', async () => {
    const first = context.generateImage(apple);
    const second = context.generateImage(apple);
    expect(context.cancel()).toBe(true);
    await expect(first).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect(second).resolves.toHaveLength(1);
  });

  it('does nothing when nothing runs, and does not hit the next run', async () => {
    expect(context.cancel()).toBe(false);
    await expect(context.generateImage(apple)).resolves.toHaveLength(1);
  });

  it('keeps memory flat over fifty cancelled runs', async () => {
    const cancelSome = async (runs: number) => {
      for (let run = 0; run < runs; run += 1) {
        const generation = context.generateImage(apple, ({ phase, step }) => {
          if (phase === 'sampling' && step === 1 + (run % 3)) context.cancel();
        });
        await expect(generation).rejects.toMatchObject({ code: 'CANCELLED' });
      }
    };
    await cancelSome(5);
    const before = process.memoryUsage.rss();
    await cancelSome(50);
    expect(process.memoryUsage.rss() - before).toBeLessThan(32 * 2 ** 20);
  });
});

describe('ImageContext.free', () => {
  it('waits for the calls already made, and refuses later ones', async () => {
    const fresh = await ImageContext.load(model);
    const run = fresh.generateImage(apple);
    await Promise.all([fresh.free(), fresh.free()]);
    await expect(run).resolves.toHaveLength(1);
    await expect(fresh.generateImage(apple)).rejects.toMatchObject({ code: 'FREED' });
  });
});
