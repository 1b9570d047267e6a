import sharp from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeEngine } from '../../../src/engine/index.js';
import { eventsIn, PHOTO, startMold, UPSCALER, type MoldServer } from '../../support/mold.js';
import { pictureBase64 } from '../../support/picture.js';
import { until } from '../../support/until.js';

let mold: MoldServer;

afterEach(() => mold.close());

interface Answer {
  image: { data: number[]; width: number; height: number };
  code?: string;
}

async function body(more: object = {}): Promise<object> {
  return { model: UPSCALER, image: await pictureBase64(32, 16), ...more };
}

const FACTS = {
  model: UPSCALER,
  scale_factor: 4,
  original_width: 32,
  original_height: 16,
  upscale_time_ms: expect.any(Number) as number,
};

async function sizeOf(bytes: Uint8Array) {
  const { format, width, height } = await sharp(bytes).metadata();
  return { format, width, height };
}

describe('POST /api/upscale', () => {
  it('answers with the larger picture as numbers, or as it is', async () => {
    mold = await startMold();
    const asJson = await mold.anna.json<Answer>('POST', '/api/upscale', await body());
    const large = { format: 'png', width: 128, height: 64 };
    expect(asJson.body).toEqual({
      image: { data: expect.any(Array) as number[], index: 0, ...large },
      ...FACTS,
    });
    expect(await sizeOf(Uint8Array.from(asJson.body.image.data))).toEqual(large);
    const headers = { accept: 'image/*' };
    const wanted = await body({ output_format: 'webp', model: '' });
    const raw = await mold.anna.post('/api/upscale', wanted, { headers });
    expect(raw.headers.get('content-type')).toBe('image/webp');
    expect(await sizeOf(await raw.bytes())).toEqual({ ...large, format: 'webp' });
    expect((await mold.jobs(mold.anna)).map(({ kind }) => kind)).toEqual(['upscale', 'upscale']);
  });

  it.each([
    ['no picture', { image: 'aGVsbG8=' }, 422, 'VALIDATION_ERROR'],
    ['an unknown format', { output_format: 'tiff' }, 422, 'VALIDATION_ERROR'],
    ['a tile that is too large', { tile_size: 5000 }, 422, 'VALIDATION_ERROR'],
    ['an upscaler that is not here', { model: 'x:fp16' }, 404, 'MODEL_NOT_FOUND'],
  ])('refuses %s', async (_, wrong, status, code) => {
    mold = await startMold();
    for (const path of ['/api/upscale', '/api/upscale/stream']) {
      const refused = await mold.anna.json<Answer>('POST', path, await body(wrong));
      expect([refused.status, refused.body.code]).toEqual([status, code]);
    }
  });

  it('cancels the job of who hangs up', async () => {
    mold = await startMold(FakeEngine.blocking().engine);
    const gone = new AbortController();
    // Its only place is taken, so that the second job waits.
    const drawing = mold.berta.post('/api/generate', { prompt: 'a', model: PHOTO });
    await until('her job', 10_000, async () => {
      const [job] = await mold.jobs(mold.berta);
      return job?.status === 'processing';
    });
    const answer = mold.anna.post('/api/upscale', await body(), { signal: gone.signal });
    await until('the job', 10_000, async () => (await mold.jobs(mold.anna)).length === 1);
    gone.abort();
    await expect(answer).rejects.toThrow(/abort/);
    await until('its cancelling', 10_000, async () => {
      const [job] = await mold.jobs(mold.anna);
      return job?.status === 'cancelled';
    });
    await mold.berta.fetch('/api/queue', { method: 'DELETE' });
    expect((await drawing).status).toBe(499);
  });
});

describe('POST /api/upscale/stream', () => {
  it('tells how far it is, then what was made', async () => {
    mold = await startMold();
    const answer = await mold.anna.post('/api/upscale/stream', await body());
    const events = eventsIn(await answer.text());
    const [job] = await mold.jobs(mold.anna);
    expect(events[0]).toEqual({
      name: 'progress',
      data: { type: 'queued', position: 1, id: job!.id },
    });
    const { name, data } = events.at(-1)!;
    expect({ name, data }).toEqual({
      name: 'complete',
      data: { image: expect.any(String) as string, format: 'png', ...FACTS },
    });
    const large = await sizeOf(Buffer.from(String(data['image']), 'base64'));
    expect(large).toEqual({ format: 'png', width: 128, height: 64 });
  });

  it('ends with an error where it fails', async () => {
    mold = await startMold(FakeEngine.loadingFails('the file is damaged'));
    const answer = await mold.anna.post('/api/upscale/stream', await body());
    const { name, data } = eventsIn(await answer.text()).at(-1)!;
    const [job] = await mold.jobs(mold.anna);
    expect({ name, data }).toEqual({ name: 'error', data: { message: job!.error!.message } });
  });
});

describe('upscale_model of /api/generate', () => {
  it("takes mold's names", async () => {
    mold = await startMold();
    const request = { prompt: 'a robot', model: PHOTO, width: 64, height: 64, steps: 2 };
    const answer = await mold.anna.post('/api/generate', { ...request, upscale_model: UPSCALER });
    expect(answer.status).toBe(200);
    const { width } = await sizeOf(await answer.bytes());
    expect(width).toBeGreaterThan(64);
  });
});
