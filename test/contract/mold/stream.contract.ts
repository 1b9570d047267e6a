import sharp from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import { EngineError, FakeEngine } from '../../../src/engine/index.js';
import { eventsIn, PHOTO, startMold, type MoldEvent, type MoldServer } from '../../support/mold.js';
import { until } from '../../support/until.js';

let mold: MoldServer;

afterEach(() => mold.close());

const BODY = { prompt: 'a glowing robot', model: PHOTO, width: 64, height: 64, steps: 3, seed: 42 };

async function told(body: object): Promise<MoldEvent[]> {
  const answer = await mold.anna.post('/api/generate/stream', body);
  expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/);
  return eventsIn(await answer.text());
}

function ofType(events: MoldEvent[], type: string) {
  return events.filter(({ data }) => data['type'] === type).map(({ data }) => data);
}

describe('POST /api/generate/stream', () => {
  it('tells how far it is, then what was made in the keys of both documents', async () => {
    mold = await startMold(FakeEngine.slow(30));
    const events = await told({ ...BODY, batch: 2 });
    const [job] = await mold.jobs(mold.anna);
    expect(events[0]).toEqual({
      name: 'progress',
      data: { type: 'queued', position: 1, id: job!.id },
    });
    expect(ofType(events, 'stage_start')).toContainEqual({
      type: 'stage_start',
      name: 'Denoising',
    });
    expect(ofType(events, 'stage_done')).toContainEqual({
      type: 'stage_done',
      name: 'Denoising',
      elapsed_ms: expect.any(Number) as number,
    });
    const steps = ofType(events, 'denoise_step');
    expect(steps.at(-1)).toEqual({
      type: 'denoise_step',
      step: 6,
      total: 6,
      elapsed_ms: expect.any(Number) as number,
    });
    const { name, data } = events.at(-1)!;
    const images = data['images'] as { data: number[] }[];
    expect(name).toBe('complete');
    expect(data).toEqual({
      image: Buffer.from(images[0]!.data).toString('base64'),
      format: 'png',
      width: 64,
      height: 64,
      images: [0, 1].map((index) => ({
        data: expect.any(Array) as number[],
        format: 'png',
        width: 64,
        height: 64,
        index,
      })),
      seed_used: 42,
      generation_time_ms: expect.any(Number) as number,
      model: PHOTO,
    });
  });

  it('shows the picture in the making as PNG', async () => {
    mold = await startMold(FakeEngine.slow(60));
    const previews = ofType(await told({ ...BODY, steps: 12 }), 'preview');
    expect(previews[0]).toMatchObject({ step: expect.any(Number) as number, total: 12 });
    const image = Buffer.from(String(previews[0]!['image']), 'base64');
    expect((await sharp(image).metadata()).format).toBe('png');
  });

  it('ends with an error where the job fails', async () => {
    mold = await startMold(FakeEngine.failing(EngineError.failed('out of paint')));
    const { name, data } = (await told(BODY)).at(-1)!;
    const [job] = await mold.jobs(mold.anna);
    expect({ name, data }).toEqual({ name: 'error', data: { message: job!.error!.message } });
    const { status, body } = await mold.anna.json('POST', '/api/generate', BODY);
    expect({ status, code: body['code'] }).toEqual({ status: 500, code: 'INFERENCE_ERROR' });
  });

  it('refuses before it begins to stream', async () => {
    mold = await startMold();
    const validation = await mold.anna.json('POST', '/api/generate/stream', { ...BODY, steps: 0 });
    expect([validation.status, validation.body['code']]).toEqual([422, 'VALIDATION_ERROR']);
    const unknown = await mold.anna.json('POST', '/api/generate/stream', {
      ...BODY,
      model: 'x:q8',
    });
    expect([unknown.status, unknown.body['code']]).toEqual([404, 'MODEL_NOT_FOUND']);
  });

  it('cancels the job of who hangs up', async () => {
    const { engine } = FakeEngine.blocking();
    mold = await startMold(engine);
    const gone = new AbortController();
    const answer = await mold.anna.post('/api/generate/stream', BODY, { signal: gone.signal });
    expect(answer.status).toBe(200);
    gone.abort();
    await until('its cancelling', 10_000, async () => {
      const [job] = await mold.jobs(mold.anna);
      return job?.status === 'cancelled';
    });
  });

  it('tells who waits that somebody cancelled the job', async () => {
    const { engine } = FakeEngine.blocking();
    mold = await startMold(engine);
    const answer = mold.anna.json('POST', '/api/generate', BODY);
    const job = await until('its job', 10_000, async () => {
      const [one] = await mold.jobs(mold.anna);
      return one?.status === 'processing' && one;
    });
    await mold.server.app.inject({
      method: 'POST',
      url: '/api/queue/cancel',
      headers: { 'x-api-key': mold.anna.key },
      payload: { job_id: job.id },
    });
    const { status, body } = await answer;
    expect({ status, code: body['code'] }).toEqual({ status: 499, code: 'CANCELLED' });
  });
});

describe('MOLD_OUTPUT_DIR', () => {
  it('keeps nothing where it is empty, once the client has its picture', async () => {
    mold = await startMold(FakeEngine.instant(), { MOLD_OUTPUT_DIR: '' });
    for (const path of ['/api/generate', '/api/generate/stream']) {
      const answer = await mold.anna.post(path, BODY);
      expect(answer.status).toBe(200);
      await answer.arrayBuffer();
      await until('its removal', 5000, async () => {
        const [job] = await mold.jobs(mold.anna);
        return job?.outputs_expired;
      });
    }
  });

  it('keeps pictures otherwise', async () => {
    mold = await startMold();
    const answer = await mold.anna.post('/api/generate', BODY);
    await answer.arrayBuffer();
    const [job] = await mold.jobs(mold.anna);
    expect(job).toMatchObject({ outputs_expired: false, outputs: [{ filename: 'image_0.png' }] });
  });
});
