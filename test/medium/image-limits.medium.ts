import sharp from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeEngine } from '../../src/engine/index.js';
import { createTestApp, type TestApp, type TestAppOptions } from '../support/app.js';
import { addUser, bearer, errorOf, send, tokenOf, type Reply } from '../support/auth.js';
import { cancel, jobEnd } from '../support/jobs.js';

let server: TestApp;
let token: string;
let open = (): void => undefined;

async function boot(env: TestAppOptions['env'], engine = FakeEngine.instant()): Promise<void> {
  server = await createTestApp({ env, engine });
  token = await tokenOf(server.app);
}

afterEach(async () => {
  open();
  open = () => undefined;
  await server.close();
});

/** Noise, which does not compress: about 3 bytes for each pixel. */
async function noise(side: number, seed = 128): Promise<string> {
  const create = {
    width: side,
    height: side,
    channels: 3,
    background: '#000',
    noise: { type: 'gaussian', mean: seed, sigma: 60 },
  } as const;
  return (await sharp({ create }).png().toBuffer()).toString('base64');
}

function submit(kind: string, body: object, as = token): Promise<Reply> {
  return send(server.app, 'POST', `/api/generate/${kind}`, bearer(as), body);
}

describe('the size of what a request brings and asks for', () => {
  it('is bounded by settings, and refused naming the field and the numbers', async () => {
    await boot({
      ATELIER_INPUT_MEGAPIXELS: '1',
      ATELIER_OUTPUT_MEGAPIXELS: '1',
      ATELIER_JOB_MEGAPIXELS: '2',
    });
    const image = await noise(600);
    const cases: Array<[string, object, string, string]> = [
      ['text2img', { ref_images: [image, image, image] }, 'ref_images', 'more than 1 megapixels'],
      ['text2img', { width: 1024, height: 1024 }, 'width', '1024x1024 pixels (1.0 megapixels)'],
      ['text2img', { width: 512, height: 512, batch_count: 8 }, 'batch_count', '2.1 megapixels'],
      ['text2img', { width: 512, height: 512, hires_fix: true }, 'hires_fix', '1024x1024'],
      ['text2img', { width: 512, height: 512, upscale: true }, 'upscale', '2048x2048'],
      ['text2video', { width: 512, height: 512, video_frames: 33 }, 'video_frames', '33 images'],
    ];
    for (const [kind, options, field, message] of cases) {
      const reply = await submit(kind, { prompt: 'x', ...options });
      expect([reply.status, errorOf(reply).code]).toEqual([400, 'VALIDATION_ERROR']);
      expect(errorOf(reply).message).toContain(field);
      expect(errorOf(reply).message).toContain(message);
    }
    const upscale = await submit('upscale', { image });
    expect(errorOf(upscale).message).toContain('2400x2400 pixels (5.8 megapixels)');
    const small = { prompt: 'x', width: 256, height: 256, ref_images: [image] };
    expect((await submit('text2img', small)).status).toBe(202);
  });

  it('is no hindrance to an upscale whose result just fits', async () => {
    await boot({ ATELIER_OUTPUT_MEGAPIXELS: '1' });
    const reply = await submit('upscale', { image: await noise(240) });
    expect(reply.status).toBe(202);
    const job = await jobEnd(server.app, token, String(reply.body['request_id']));
    expect(job.status).toBe('completed');
  });
});

describe('references', () => {
  it('reach the engine in no more pixels than models look at', async () => {
    const engine = FakeEngine.instant();
    await boot({}, engine);
    const image = await noise(1500);
    const body = { prompt: 'x', width: 64, height: 64, ref_images: [image, await noise(100)] };
    const reply = await submit('text2img', body);
    await jobEnd(server.app, token, String(reply.body['request_id']));
    const sizes = engine.requests.at(-1)!.refImages!.map(({ width, height }) => [width, height]);
    expect(sizes).toEqual([
      [1024, 1024],
      [100, 100],
    ]);
  });
});

describe('the input images of unfinished jobs', () => {
  it('are bounded in bytes for each user, each image counted once', async () => {
    const { engine, open: release } = FakeEngine.blocking();
    open = release;
    await boot({ ATELIER_WAITING_INPUT_MB: '2' }, engine);
    const job = async (image: string) => ({
      prompt: 'x',
      width: 64,
      height: 64,
      init_image: image,
    });
    const [first, second] = [await noise(700), await noise(700, 100)];
    expect(Buffer.from(first, 'base64').length).toBeGreaterThan(1_100_000);
    const ids: string[] = [];
    for (const image of [first, first, first]) {
      const reply = await submit('img2img', await job(image));
      expect(reply.status).toBe(202);
      ids.push(String(reply.body['request_id']));
    }
    const refused = await submit('img2img', await job(second));
    expect([refused.status, errorOf(refused).code]).toEqual([429, 'TOO_MUCH_INPUT']);
    expect(errorOf(refused).message).toContain('2 MiB together');
    await addUser(server.app, 'berta', 'user');
    const berta = await tokenOf(server.app, 'berta');
    expect((await submit('img2img', await job(second), berta)).status).toBe(202);
    for (const id of ids) await cancel(server.app, token, id);
    expect((await submit('img2img', await job(second))).status).toBe(202);
  });
});
