import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { encodePicture, readPictureTexts, type PictureFormat } from '../../../files/index.js';
import { withoutRecipe } from './without-recipe.js';

const SIDE = 16;

describe('withoutRecipe', () => {
  it.each(['png', 'jpeg', 'webp'] satisfies PictureFormat[])(
    'takes the recipe out of a %s and leaves its pixels',
    async (format) => {
      const data = Buffer.from(Array.from({ length: SIDE * SIDE * 3 }, (_, at) => at % 251));
      const pixels = { width: SIDE, height: SIDE, channels: 3, data } as const;
      const { data: file } = await encodePicture(pixels, { parameters: 'a cat' }, { format });
      const whole = Buffer.from(file);
      expect(await readPictureTexts(whole)).toMatchObject({ parameters: 'a cat' });
      const bare = withoutRecipe(whole);
      expect(await readPictureTexts(bare)).toEqual({});
      expect(bare.includes('a cat')).toBe(false);
      expect(await sharp(bare).raw().toBuffer()).toEqual(await sharp(whole).raw().toBuffer());
    },
  );
});
