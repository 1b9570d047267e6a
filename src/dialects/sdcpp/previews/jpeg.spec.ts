import { describe, expect, it } from 'vitest';
import { encodePreview } from '../../../files/index.js';
import { dataUrlBytes, jpegSize } from './jpeg.js';

describe('the size of a preview', () => {
  it.each([
    [64, 48],
    [300, 200],
    [17, 512],
  ])('is %d x %d, as the JPEG says', async (width, height) => {
    const data = Buffer.alloc(width * height * 3, 100);
    const { jpeg } = await encodePreview({ width, height, channels: 3, data });
    const url = `data:image/jpeg;base64,${jpeg.toString('base64')}`;
    expect(jpegSize(dataUrlBytes(url))).toEqual({ width, height });
  });

  it.each([Buffer.alloc(0), Buffer.from('not a picture'), Buffer.from([0xff, 0xd8, 0xff])])(
    'is nothing where there is no picture',
    (bytes) => {
      expect(jpegSize(bytes)).toEqual({ width: 0, height: 0 });
    },
  );
});
