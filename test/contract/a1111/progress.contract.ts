import { afterEach, describe, expect, it } from 'vitest';
import { EngineError, FakeEngine } from '../../../src/engine/index.js';
import { OwnJobs } from '../../../src/queue/index.js';
import { startA1111, type A1111Client, type A1111Server } from '../../support/a1111.js';
import { until } from '../../support/until.js';
import { ownerOf } from '../../support/workshop.js';

const SMALL = { prompt: 'red apple', seed: 7, steps: 4, width: 64, height: 64 };
const IDLE = { progress: 0, eta_relative: 0, current_image: null, textinfo: null };

let a1111: A1111Server;

afterEach(() => a1111.close());

interface Progress {
  progress: number;
  state: { job: string; job_count: number; sampling_step: number; sampling_steps: number };
  current_image: string | null;
  textinfo: string | null;
}

async function progressOf(client: A1111Client, query = ''): Promise<Progress> {
  const { status, body } = await client.get<Progress>(`progress${query}`);
  expect(status).toBe(200);
  return body;
}

function drawing(client: A1111Client): Promise<Progress> {
  return until('the third step', 20_000, async () => {
    const progress = await progressOf(client);
    return progress.state.sampling_step === 2 && progress.current_image !== null && progress;
  });
}

describe('GET /sdapi/v1/progress', () => {
  it("is the caller's own, with the picture in the making", async () => {
    const { engine, open } = FakeEngine.blocking(3);
    a1111 = await startA1111(engine);
    const { anna, berta } = a1111;
    expect(await progressOf(anna)).toMatchObject({ ...IDLE, state: { job_count: 0, job: '' } });
    const answer = anna.post('txt2img', SMALL);
    const seen = await drawing(anna);
    expect(seen.progress).toBeGreaterThan(0);
    expect(seen.progress).toBeLessThan(1);
    expect(seen.state).toMatchObject({ job_count: 1, sampling_steps: 4 });
    expect(Buffer.from(seen.current_image!, 'base64').subarray(0, 2).toString('hex')).toBe('ffd8');
    expect((await progressOf(anna, '?skip_current_image=true')).current_image).toBeNull();
    expect(await progressOf(berta)).toMatchObject({ ...IDLE, state: { job_count: 0, job: '' } });

    const other = berta.post('txt2img', SMALL);
    const waiting = await until('the second job', 20_000, async () => {
      const progress = await progressOf(berta);
      return progress.state.job_count === 1 && progress;
    });
    expect(waiting).toMatchObject({ progress: 0, textinfo: 'Waiting: number 1 in the queue' });
    open();
    expect((await answer).status).toBe(200);
    expect((await other).status).toBe(200);
    expect(await progressOf(anna)).toMatchObject({ ...IDLE, state: { job_count: 0 } });
  });
});

describe('POST /sdapi/v1/interrupt and /skip', () => {
  it.each(['interrupt', 'skip'])("%s ends the caller's own picture only", async (path) => {
    const { engine, open } = FakeEngine.blocking(3);
    a1111 = await startA1111(engine);
    const { anna, berta } = a1111;
    const answer = anna.post<{ images: string[]; info: string }>('txt2img', SMALL);
    const { state } = await drawing(anna);
    expect(await berta.post(path)).toMatchObject({ status: 200, body: {} });
    expect((await progressOf(anna)).state.job).toBe(state.job);
    expect(await anna.post(path)).toMatchObject({ status: 200, body: {} });
    const { status, body } = await answer;
    expect(status).toBe(200);
    expect(body.images).toEqual([]);
    expect(JSON.parse(body.info)).toMatchObject({ prompt: 'red apple', infotexts: [] });
    open();
    const next = await berta.post<{ images: string[] }>('txt2img', SMALL);
    expect(next.body.images).toHaveLength(1);
  });
});

describe('a client that waits', () => {
  it('is told why its picture could not be drawn', async () => {
    a1111 = await startA1111(FakeEngine.failing(new EngineError('failed', 'Out of paint.')));
    const { status, body } = await a1111.anna.post('txt2img', SMALL);
    expect(status).toBe(500);
    expect(body).toMatchObject({ error: 'GENERATION_FAILED', detail: 'Out of paint.', body: '' });
  });

  it('ends its job by hanging up', async () => {
    const { engine, open } = FakeEngine.blocking(3);
    a1111 = await startA1111(engine);
    const leaving = new AbortController();
    const answer = a1111.anna.fetch('txt2img', {
      method: 'POST',
      body: JSON.stringify(SMALL),
      headers: { 'content-type': 'application/json' },
      signal: leaving.signal,
    });
    const gone = answer.then(
      () => 'answered',
      () => 'gone',
    );
    await drawing(a1111.anna);
    leaving.abort();
    expect(await gone).toBe('gone');
    const caller = ownerOf(a1111.annaId);
    const jobs = a1111.server.app.get(OwnJobs);
    await until('the job to end', 20_000, async () => !(await jobs.current(caller)));
    open();
  });
});
