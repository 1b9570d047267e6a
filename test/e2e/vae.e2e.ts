import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APPLE, jsonOf } from '../support/client.js';
import { temporaryFolder } from '../support/folder.js';
import { writeRandomWeights } from '../support/random-weights.js';
import { tinyAutoencoder } from '../support/sd1-layout.js';
import { sharedServer } from '../support/server.js';
import { vae } from '../support/vae-layout.js';

/** Weights of this size let every sum run over. */
const TOO_LARGE = 12;

const folder = await temporaryFolder();
const file = (name: string): string => join(folder.path, `${name}.safetensors`);
await writeRandomWeights(file('vae/random'), vae(16));
await writeRandomWeights(file('vae/endless'), vae(16), { exponent: TOO_LARGE });
await writeRandomWeights(file('vae/for-sd1'), vae(4));
await writeRandomWeights(file('vae_approx/small'), tinyAutoencoder(16), { exponent: -6 });
afterAll(() => folder.remove());

const server = sharedServer({ env: { ATELIER_MODELS_DIR: folder.path } });

const SMALL = { ...APPLE, width: 64, height: 64, steps: 1, enable_mmap: true };

async function drawn(options: object = {}): Promise<Buffer> {
  const picture = await server().admin.draw({ ...SMALL, ...options });
  expect(await sharp(picture).metadata()).toMatchObject({ format: 'png', width: 64, height: 64 });
  return sharp(picture).raw().toBuffer();
}

describe('a VAE of random weights in the real engine', () => {
  let plain: Buffer;
  let pid: number;
  beforeAll(async () => {
    plain = await drawn();
    pid = await server().enginePid();
  });

  it('decodes instead of the small one that the model has', async () => {
    const other = await drawn({ vae_path: 'random' });
    expect(other.equals(plain)).toBe(false);
    expect((await drawn({ vae_path: 'random', tae_preview_only: false })).equals(plain)).toBe(true);
  });

  it('leaves that to another small one that is named', async () => {
    const small = await drawn({ taesd_path: 'small' });
    expect(small.equals(plain)).toBe(false);
  });

  it('that makes no numbers makes a picture all the same, and harms nothing', async () => {
    const nothing = await drawn({ vae_path: 'endless' });
    expect(nothing.every((value) => value === nothing[0])).toBe(true);
    expect((await drawn()).equals(plain)).toBe(true);
    expect(await server().enginePid()).toBe(pid);
  });

  it('for another architecture never reaches the engine', async () => {
    const body = { ...SMALL, vae_path: 'for-sd1' };
    const reply = await server().admin.api({ path: '/api/generate/text2img', body });
    const { error } = jsonOf<{ error: { message: string } }>(reply);
    expect([reply.status, error.message]).toEqual([
      400,
      'vae_path: "for-sd1.safetensors" is of the architecture vae-4, and a model of z-image needs vae-16.',
    ]);
    expect(await server().enginePid()).toBe(pid);
  });
});
