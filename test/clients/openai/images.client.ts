import OpenAI, {
  AuthenticationError,
  BadRequestError,
  NotFoundError,
  PermissionDeniedError,
  type APIError,
} from 'openai';
import type { ImageGenStreamEvent } from 'openai/resources/images.js';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { addUserRow } from '../../support/database.js';
import { difference, mean } from '../../support/pixels.js';
import { createKeyOf, sharedServer } from '../../support/server.js';

const server = sharedServer();

/** A picture of the embedded model; its own options besides those of the package. */
const APPLE = { prompt: 'red apple', size: '128x128', steps: 8, seed: 42 };

let openai: OpenAI;
let apple: Buffer;

beforeAll(async () => {
  openai = clientWith(await createKeyOf(server().admin));
  const { data } = await openai.images.generate({ ...APPLE, response_format: 'b64_json' });
  apple = bytesOf(data?.[0]?.b64_json);
});

function clientWith(apiKey: string): OpenAI {
  return new OpenAI({ baseURL: `${server().url}/v1`, apiKey });
}

function bytesOf(base64: string | undefined): Buffer {
  return Buffer.from(base64 ?? '', 'base64');
}

function fileOf(bytes: Buffer): File {
  return new File([new Uint8Array(bytes)], 'picture.png', { type: 'image/png' });
}

/** By how much the middle of a picture is redder than it is green, 0 to 255. */
async function redness(picture: Buffer): Promise<number> {
  const [red, green] = await mean(picture, 48, 56, 32);
  return red! - green!;
}

async function sizeOf(picture: Buffer): Promise<[number, number]> {
  const { width, height } = await sharp(picture).metadata();
  return [width, height];
}

describe('images.generate', () => {
  it('draws what was asked for, in base64', async () => {
    expect(await sizeOf(apple)).toEqual([128, 128]);
    expect(await redness(apple)).toBeGreaterThan(100);
    expect(Math.min(...(await mean(apple, 0, 0, 8)))).toBeGreaterThan(235);
  });

  it('gives addresses of the same files', async () => {
    const { data, created } = await openai.images.generate(APPLE);
    expect(created).toBeCloseTo(Date.now() / 1000, -2);
    const file = await fetch(data![0]!.url!);
    expect(Buffer.from(await file.arrayBuffer()).equals(apple)).toBe(true);
  });

  it('draws as many as asked for, as large as asked for', async () => {
    const { data, size } = await openai.images.generate({
      ...APPLE,
      n: 2,
      size: '128x64',
      response_format: 'b64_json',
    });
    const pictures = data!.map(({ b64_json: base64 }) => bytesOf(base64));
    expect(size).toBe('128x64');
    expect(await Promise.all(pictures.map(sizeOf))).toEqual([
      [128, 64],
      [128, 64],
    ]);
    expect(pictures[0]!.equals(pictures[1]!)).toBe(false);
  });

  it('draws in the format of the name that it gives to the default model', async () => {
    const { data } = await openai.images.generate({
      ...APPLE,
      model: 'gpt-image-1',
      output_format: 'webp',
    });
    const picture = bytesOf(data![0]!.b64_json);
    expect((await sharp(picture).metadata()).format).toBe('webp');
    expect(await difference(picture, apple, () => true)).toBeLessThan(8);
  });

  it('shows pictures in the making, and at last the same as without them', async () => {
    const options = { ...APPLE, steps: 40, response_format: 'b64_json' } as const;
    const stream = await openai.images.generate({ ...options, stream: true, partial_images: 2 });
    const events: ImageGenStreamEvent[] = [];
    for await (const event of stream) events.push(event);
    const last = events.pop()!;
    expect(last.type).toBe('image_generation.completed');
    expect(events.length).toBeGreaterThan(0);
    for (const [index, event] of events.entries()) {
      expect(event).toMatchObject({
        type: 'image_generation.partial_image',
        partial_image_index: index,
      });
      const [width, height] = await sizeOf(bytesOf(event.b64_json));
      expect([width, height]).toEqual([width, width]);
    }
    const { data } = await openai.images.generate(options);
    expect(bytesOf(last.b64_json).equals(bytesOf(data![0]!.b64_json))).toBe(true);
  });
});

const GREEN = { ...APPLE, prompt: 'green apple', response_format: 'b64_json' } as const;

const SLOW_GREEN = { ...GREEN, steps: 60 };

/** @param strength how far from the picture that is edited, 0 to 1 */
function greenBy(strength: number) {
  return { ...GREEN, strength };
}

describe('images.edit', () => {
  it('makes a red apple green', async () => {
    const { data } = await openai.images.edit({ ...greenBy(0.6), image: fileOf(apple) });
    const edited = bytesOf(data![0]!.b64_json);
    expect(await sizeOf(edited)).toEqual([128, 128]);
    expect(await redness(edited)).toBeLessThan(0);
    expect(Math.min(...(await mean(edited, 0, 0, 8)))).toBeGreaterThan(235);
  });

  it('paints where the mask is transparent, and keeps the rest', async () => {
    const hole = { create: { width: 64, height: 128, channels: 4, background: '#fff' } } as const;
    const mask = await sharp({
      create: { width: 128, height: 128, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
    })
      .composite([{ input: hole, left: 0, top: 0 }])
      .png()
      .toBuffer();
    const { data } = await openai.images.edit({
      ...greenBy(0.9),
      image: fileOf(apple),
      mask: fileOf(mask),
    });
    const painted = bytesOf(data![0]!.b64_json);
    const kept = await difference(apple, painted, (x) => x < 48);
    expect(kept).toBeLessThan(8);
    expect(await difference(apple, painted, (x) => x >= 80)).toBeGreaterThan(kept * 3);
  });

  it('shows an edit in the making', async () => {
    const stream = await openai.images.edit({
      ...SLOW_GREEN,
      image: [fileOf(apple)],
      stream: true,
      partial_images: 1,
    });
    const types: string[] = [];
    for await (const { type } of stream) types.push(type);
    expect(types).toEqual(['image_edit.partial_image', 'image_edit.completed']);
  });
});

describe('images.createVariation', () => {
  it('makes another picture like the picture', async () => {
    const recipe = { seed: 42, steps: 8 };
    const { data } = await openai.images.createVariation({
      ...recipe,
      image: fileOf(apple),
      n: 2,
      response_format: 'b64_json',
    });
    const [one, other] = data!.map(({ b64_json: base64 }) => bytesOf(base64));
    for (const picture of [one!, other!]) {
      expect(await sizeOf(picture)).toEqual([128, 128]);
      expect(await redness(picture)).toBeGreaterThan(50);
    }
    expect(one!.equals(other!)).toBe(false);
  });
});

describe('models', () => {
  it('are listed, page by page, and found by their names', async () => {
    const names: string[] = [];
    for await (const { id } of openai.models.list()) names.push(id);
    expect(names).toEqual(['tiny-emoji']);
    expect(await openai.models.retrieve('tiny-emoji')).toMatchObject({
      id: 'tiny-emoji',
      object: 'model',
    });
  });
});

/** What the package throws. */
async function thrown(work: Promise<unknown>): Promise<APIError> {
  return (await work.then(
    () => new Error('Nothing was thrown.'),
    (error: unknown) => error,
  )) as APIError;
}

describe("the package's errors", () => {
  it('name the parameter that is wrong', async () => {
    const error = await thrown(openai.images.generate({ ...APPLE, n: 11 }));
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({
      status: 400,
      param: 'n',
      code: 'invalid_value',
      type: 'invalid_request_error',
      requestID: expect.stringMatching(/./) as string,
    });
    expect(error.message).toContain('n must');
  });

  it('name the model that is not there', async () => {
    for (const work of [
      openai.models.retrieve('gpt-5'),
      openai.images.generate({ ...APPLE, model: 'gpt-5' }),
    ]) {
      const error = await thrown(work);
      expect(error).toBeInstanceOf(NotFoundError);
      expect(error).toMatchObject({ status: 404, param: 'model', code: 'model_not_found' });
    }
  });

  it('tell a wrong key from one that may not', async () => {
    const stranger = await thrown(clientWith('wrong').models.list());
    expect(stranger).toBeInstanceOf(AuthenticationError);
    expect(stranger).toMatchObject({ status: 401, code: 'invalid_api_key' });
    addUserRow(server().dataDir, 'guest', 'guest');
    const { token } = await server().login('guest');
    const guest = await thrown(clientWith(token).images.generate(APPLE));
    expect(guest).toBeInstanceOf(PermissionDeniedError);
    expect(guest.message).toContain('job:create');
  });
});
