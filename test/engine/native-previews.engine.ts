import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImageOptions, Preview } from '../../native/index.js';
import { ImageContext } from '../../native/index.js';
import { apple, model, withSteps } from '../support/native-addon.js';

let context: ImageContext;

beforeAll(async () => {
  context = await ImageContext.load(model);
});

afterAll(() => context.free());

/** The steps after which there was a preview. */
async function previewSteps(options: ImageOptions): Promise<number[]> {
  const shown: number[] = [];
  await context.generateImage(options, undefined, ({ step }) => {
    shown.push(step);
  });
  return shown;
}

describe('a preview', () => {
  it('is made only every so many steps, where asked to', async () => {
    const options = { ...withSteps(7), previewMode: 'proj', previewInterval: 3 };
    expect(await previewSteps(options)).toEqual([3, 6]);
    expect(await previewSteps({ ...options, batchCount: 2 })).toEqual([3, 6, 3, 6]);
  });

  it('takes no more of the time than the share it is given', async () => {
    const options = { ...withSteps(12), previewMode: 'tae' };
    expect(await previewSteps({ ...options, previewShare: 0 })).toEqual([]);
    // One in any case, about half way: whoever watches sees something.
    expect(await previewSteps({ ...options, previewShare: 0.001 })).toEqual([6]);
    const some = await previewSteps({ ...options, previewShare: 0.5 });
    expect(some.length).toBeGreaterThan(0);
    expect(some.length).toBeLessThan(8);
    expect(some).not.toContain(12);
    expect(await previewSteps({ ...options, previewShare: 1 })).toHaveLength(12);
  });

  it.each(['proj', 'tae'])('is of the picture on its way, with %s', async (previewMode) => {
    const previews: Preview[] = [];
    const options = { ...apple, previewMode, previewInterval: 1 };
    const [image] = await context.generateImage(options, undefined, (preview) => {
      previews.push(preview);
    });
    expect(previews.map((preview) => preview.step)).toEqual([1, 2, 3, 4]);
    for (const preview of previews) {
      const { width, height, channels, data } = preview.image;
      expect(data).toHaveLength(width * height * channels);
    }
    expect(image).toBeDefined();
  });
});
