import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { readPngTexts, withPngTexts } from './png-text.js';

async function png(): Promise<Buffer> {
  return sharp({ create: { width: 8, height: 8, channels: 3, background: '#c00' } })
    .png()
    .toBuffer();
}

describe('texts in a PNG', () => {
  it('come back as they were written, Latin-1 and beyond', async () => {
    const texts = {
      parameters: 'red apple\nSteps: 8',
      atelier: '{"prompt":"🍎 яблоко"}',
      latin: 'café',
    };
    expect(readPngTexts(withPngTexts(await png(), texts))).toEqual(texts);
  });

  it('leave the pixels as they were, for another reader', async () => {
    const plain = await png();
    const pixels = await sharp(withPngTexts(plain, { parameters: 'x'.repeat(5000) }))
      .raw()
      .toBuffer();
    expect(pixels.equals(await sharp(plain).raw().toBuffer())).toBe(true);
  });

  it('are seen by another reader', async () => {
    const { comments } = await sharp(
      withPngTexts(await png(), { parameters: 'red apple' }),
    ).metadata();
    expect(comments).toEqual([{ keyword: 'parameters', text: 'red apple' }]);
  });

  it('are none in a plain PNG', async () => {
    expect(readPngTexts(await png())).toEqual({});
  });
});
