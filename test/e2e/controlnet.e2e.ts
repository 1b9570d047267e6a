import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { preprocessCanny } from '../../native/index.js';
import { temporaryFolder } from '../support/folder.js';
import { writeRandomStableDiffusion } from '../support/random-models.js';
import { sharedServer } from '../support/server.js';

const folder = await temporaryFolder();
await writeRandomStableDiffusion(folder.path);
afterAll(() => folder.remove());

const server = sharedServer({ env: { ATELIER_MODELS_DIR: folder.path } });

/** A disc, or a square, of white on grey. */
async function form(svg: string): Promise<string> {
  const text = `<svg width="64" height="64"><rect width="64" height="64" fill="#555"/>${svg}</svg>`;
  return (await sharp(Buffer.from(text)).png().toBuffer()).toString('base64');
}

const DISC = await form('<circle cx="32" cy="32" r="20" fill="#fff"/>');
const SQUARE = await form('<rect x="8" y="8" width="30" height="30" fill="#fff"/>');

/** The request; weights mapped into memory, where they take no more than their files. */
const REQUEST = {
  model_name: 'random-sd1',
  control_net: 'random-control',
  prompt: 'a disc',
  seed: 1,
  enable_mmap: true,
};

async function drawn(options: object): Promise<Buffer> {
  const picture = await server().admin.draw({ ...REQUEST, ...options }, 'controlnet');
  expect(await sharp(picture).metadata()).toMatchObject({ format: 'png', width: 64, height: 64 });
  return sharp(picture).raw().toBuffer();
}

describe('ControlNet of random weights in the real engine', () => {
  let followed: Buffer;
  beforeAll(async () => {
    followed = await drawn({ control_image: DISC, control_strength: 1 });
  });

  it('makes a picture of something, the same each time', async () => {
    const { channels } = await sharp(followed, {
      raw: { width: 64, height: 64, channels: 3 },
    }).stats();
    expect(Math.max(...channels.map(({ stdev }) => stdev))).toBeGreaterThan(1);
    const again = await drawn({ control_image: DISC, control_strength: 1 });
    expect(again.equals(followed)).toBe(true);
  });

  it('follows its picture as closely as it is told', async () => {
    const square = await drawn({ control_image: SQUARE, control_strength: 1 });
    const loosely = await drawn({ control_image: DISC, control_strength: 0.5 });
    expect(square.equals(followed)).toBe(false);
    expect(loosely.equals(followed)).toBe(false);
  });

  it('counts for nothing at strength 0', async () => {
    const disc = await drawn({ control_image: DISC, control_strength: 0 });
    const square = await drawn({ control_image: SQUARE, control_strength: 0 });
    expect(square.equals(disc)).toBe(true);
    expect(disc.equals(followed)).toBe(false);
  });

  it('follows the edges instead when it is told so', async () => {
    const options = { canny: true, control_strength: 1 };
    const edges = await drawn({ control_image: DISC, ...options });
    expect(edges.equals(followed)).toBe(false);
    expect((await drawn({ control_image: SQUARE, ...options })).equals(edges)).toBe(false);
    const { data, info } = await sharp(Buffer.from(DISC, 'base64'))
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const raw = await preprocessCanny({ ...info, data });
    const picture = await sharp(raw.data, { raw: info }).png().toBuffer();
    const given = { control_image: picture.toString('base64'), control_strength: 1 };
    expect((await drawn(given)).equals(edges)).toBe(true);
  });
});
