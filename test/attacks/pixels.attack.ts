import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { APPLE, jsonOf, type HttpReply, type TestClient } from '../support/client.js';
import { addUserRow } from '../support/database.js';
import { watchHealth } from '../support/health-watch.js';
import { watchPeak } from '../support/memory-peak.js';
import { pictureBase64 } from '../support/picture.js';
import { sharedServer } from '../support/server.js';

/** How much the server may grow while it is attacked, in MiB; all that is sent would take several thousand. */
const GROWTH_MIB = 300;

/** The longest that somebody else waits for an answer, in milliseconds. */
const HEALTH_MS = 2000;

const KIB = 1024;

const server = sharedServer();

let admin: TestClient;
let other: TestClient;
/** 33 megapixels of one colour. */
let large: string;

/** An image of one colour in as few bytes as it takes. */
async function flat(width: number, height: number): Promise<string> {
  const create = { width, height, channels: 3, background: '#c01010' } as const;
  const png = await sharp({ create, limitInputPixels: false })
    .png({ palette: true, colours: 2, compressionLevel: 9 })
    .toBuffer();
  return png.toString('base64');
}

function times<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}

function statuses(replies: readonly HttpReply[]): number[] {
  return replies.map(({ status }) => status);
}

function messageOf(reply: HttpReply): string {
  return reply.bytes.toString();
}

/** Does something, and sees that the server has little memory for it and time for others. */
async function attacked<T>(attack: () => Promise<T>): Promise<T> {
  const growth = await watchPeak(server().pid);
  const health = watchHealth(server().url);
  const result = await attack();
  const { faults, slowest } = await health();
  expect(faults).toEqual([]);
  expect(slowest).toBeLessThan(HEALTH_MS);
  const grown = await growth();
  expect(grown).toBeLessThan(GROWTH_MIB);
  return result;
}

beforeAll(async () => {
  ({ admin } = server());
  addUserRow(server().dataDir, 'berta', 'user');
  other = await server().login('berta');
  large = await flat(8192, 4096);
  // The first job loads the model, which is not what is measured.
  await admin.draw(APPLE);
});

describe('1 MiB of images that unpack to 800 megapixels', () => {
  it.each([
    ['text2video', 'control_frames', 'makes no videos'],
    ['text2img', 'ref_images', 'more than 128 megapixels together'],
    ['text2img', 'pm_id_images', 'more than 128 megapixels together'],
  ])('%s refuses them as %s by their headers', async (kind, field, message) => {
    const body = JSON.stringify({ prompt: 'x', [field]: times(24, () => large) });
    expect(body.length).toBeLessThan(1200 * KIB);
    const reply = await attacked(() => admin.api({ path: `/api/generate/${kind}`, body }));
    expect(reply.status).toBe(400);
    expect(messageOf(reply)).toContain(field);
    expect(messageOf(reply)).toContain(message);
  });

  it('are worked on one at a time where many requests bring one each', async () => {
    const body = { image: large };
    const replies = await attacked(() =>
      Promise.all(times(24, () => admin.api({ path: '/sdapi/v1/png-info', body }))),
    );
    expect(new Set(statuses(replies))).toEqual(new Set([200]));
  });
});

it('refuses more control frames than a video has', async () => {
  const frame = await pictureBase64(8, 8);
  const body = { prompt: 'x', video_frames: 257, control_frames: times(258, () => frame) };
  const reply = await admin.api({ path: '/api/generate/text2video', body });
  expect(reply.status).toBe(400);
});

describe('upscales', () => {
  it('to 11469x5734 are refused when they are submitted, with the numbers', async () => {
    const image = await flat(2867, 1433);
    const extras = { image, upscaling_resize: 4.0004, upscaler_1: 'Lanczos' };
    const core = { image };
    const replies = await attacked(() =>
      Promise.all([
        ...times(4, () => admin.api({ path: '/sdapi/v1/extra-single-image', body: extras })),
        ...times(4, () => admin.api({ path: '/api/generate/upscale', body: core })),
      ]),
    );
    for (const reply of replies) {
      expect(reply.status).toBeOneOf([400, 422]);
      expect(messageOf(reply)).toMatch(/1146\dx573\d pixels/);
      expect(messageOf(reply)).toContain('64 megapixels');
    }
  });

  it('without a model are done one after the other for each user', async () => {
    const body = { image: await flat(2000, 1000), upscaling_resize: 4, upscaler_1: 'Lanczos' };
    const replies = await attacked(() =>
      Promise.all(times(4, () => admin.api({ path: '/sdapi/v1/extra-single-image', body }))),
    );
    expect(statuses(replies)).toEqual([200, 200, 200, 200]);
    const { image } = jsonOf<{ image: string }>(replies[0]!);
    const size = await sharp(Buffer.from(image, 'base64')).metadata();
    expect(size).toMatchObject({ width: 8000, height: 4000 });
  });
});

describe('50 requests at once to find edges', () => {
  it('are bounded for their user, and others are served meanwhile', async () => {
    const body = { image: await flat(4096, 2048) };
    const replies = await attacked(async () => {
      const flood = times(50, () => admin.api({ path: '/api/image/canny', body }));
      await other.draw(APPLE);
      const own = await other.api({
        path: '/api/image/canny',
        body: { image: await pictureBase64() },
      });
      expect(own.status).toBe(200);
      return Promise.all(flood);
    });
    const served = replies.filter(({ status }) => status === 200);
    const refused = replies.filter(({ status }) => status === 429);
    expect(served.length + refused.length).toBe(50);
    expect(served.length).toBeGreaterThan(0);
    expect(refused.length).toBeGreaterThan(30);
    for (const { headers } of refused) expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  });
});

describe('a batch of small jobs with images', () => {
  it('completes while another user sends large ones', async () => {
    const init_image = await pictureBase64(128, 128);
    const job = { ...APPLE, init_image, steps: 2 };
    const info = { path: '/sdapi/v1/png-info', body: { image: large } };
    const images = await attacked(async () => {
      const flood = times(8, () => admin.api(info));
      const drawn = await Promise.all(times(4, () => other.draw(job, 'img2img')));
      await Promise.all(flood);
      return drawn;
    });
    for (const image of images)
      expect(await sharp(image).metadata()).toMatchObject({ width: 128, height: 128 });
  });
});

describe('a file that unpacks to more than it has', () => {
  /** A chunk of a PNG. */
  function chunk(type: string, data: Buffer): Buffer {
    const bytes = Buffer.alloc(12 + data.length);
    bytes.writeUInt32BE(data.length, 0);
    bytes.write(type, 4, 'latin1');
    data.copy(bytes, 8);
    bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length);
    return bytes;
  }

  it.each([
    ['zTXt', 'a\0\0'],
    ['iTXt', 'a\0\x01\0\0\0'],
    ['iCCP', 'a\0\0'],
  ])('stays small: %s', async (type, head) => {
    const png = Buffer.from(await pictureBase64(), 'base64');
    const zeros = deflateSync(Buffer.alloc(256 * KIB * KIB), { level: 9 });
    const bomb = chunk(type, Buffer.concat([Buffer.from(head, 'latin1'), zeros]));
    const image = Buffer.concat([png.subarray(0, 33), bomb, png.subarray(33)]).toString('base64');
    const reply = await attacked(() => admin.api({ path: '/sdapi/v1/png-info', body: { image } }));
    expect(reply.status).toBeOneOf([200, 400, 422]);
  });
});
