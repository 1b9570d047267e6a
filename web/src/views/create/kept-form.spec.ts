import { describe, expect, it } from 'vitest';
import { fromKept, toKept } from './kept-form.js';

const PICTURE = 'data:image/png;base64,AAAA';

describe('the form in the browser', () => {
  it('is kept as it was said', () => {
    const said = {
      kind: 'img2img',
      values: { prompt: 'apple', steps: 4, loras: [{ name: 'ink', multiplier: 1 }] },
    } as const;
    expect(
      fromKept(toKept({ ...said, values: { ...said.values, loras: [...said.values.loras] } })),
    ).toEqual(said);
  });

  it('has no pictures in it, only their names', () => {
    const values = { init_image: PICTURE, ref_images: [PICTURE], image: 'job:1/a.png' };
    expect(fromKept(toKept({ kind: 'img2img', values }))?.values).toEqual({ image: 'job:1/a.png' });
  });

  it('is bounded', () => {
    const long = 'x'.repeat(15_000);
    const values = Object.fromEntries(
      Array.from({ length: 20 }, (_, at) => [`option_${at}`, long]),
    );
    expect(
      toKept({ kind: 'text2img', values: { prompt: 'x'.repeat(30_000) } }).length,
    ).toBeLessThan(100);
    expect(toKept({ kind: 'text2img', values }).length).toBeLessThanOrEqual(100_000);
  });

  it.each([null, '', '{', '[]', '{"kind":1}', '{"kind":"text2img","values":null}'])(
    'is none where %j was kept',
    (text) => {
      expect(fromKept(text)).toBeUndefined();
    },
  );
});
