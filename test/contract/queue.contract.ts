import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeEngine } from '../../src/engine/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { bearer, errorOf, send, tokenOf, type Reply } from '../support/auth.js';
import { jobEnd, jobWhen, submitted } from '../support/jobs.js';

/** The document's section "Queue Management", endpoint by endpoint. */
let server: TestApp;
let token: string;
let open: () => void;
let running: string;
let waiting: string;

beforeAll(async () => {
  const blocking = FakeEngine.blocking(3);
  open = blocking.open;
  server = await createTestApp({ engine: blocking.engine, env: { ATELIER_DRAIN_SECONDS: '0' } });
  token = await tokenOf(server.app);
  running = await submitted(server.app, token, { prompt: 'A beautiful landscape', steps: 20 });
  waiting = await submitted(server.app, token, { prompt: 'A second one' });
  await jobWhen(server.app, token, running, ({ current_step }) => current_step === 2);
});

afterAll(async () => {
  open();
  await server.close();
});

const get = (path: string): Promise<Reply> => send(server.app, 'GET', path, bearer(token));
const post = (path: string, body?: object): Promise<Reply> =>
  send(server.app, 'POST', path, bearer(token), body);

const isInstant = expect.toSatisfy(
  (seconds: number) => Number.isInteger(seconds) && Math.abs(Date.now() / 1000 - seconds) < 60,
) as number;

/** Every field that the document names, with a value of the documented kind. */
const DOCUMENTED_JOB = {
  id: expect.any(String) as string,
  prompt: expect.any(String) as string,
  queued_time: isInstant,
  progress: expect.any(Number) as number,
  current_step: expect.any(Number) as number,
  total_steps: expect.any(Number) as number,
  time_elapsed: expect.any(Number) as number,
};

describe('GET /api/queue/status', () => {
  it('has the documented body', async () => {
    const { status, body } = await get('/api/queue/status');
    expect(status).toBe(200);
    const queue = body['queue'] as { jobs: object[] };
    expect(queue).toMatchObject({ size: 1, active_generations: 1, running: true });
    expect(queue.jobs).toHaveLength(2);
    expect(queue.jobs[0]).toMatchObject({
      ...DOCUMENTED_JOB,
      id: running,
      status: 'processing',
      prompt: 'A beautiful landscape',
      start_time: isInstant,
      end_time: null,
      position: null,
      progress: 0.1,
      current_step: 2,
      total_steps: 20,
    });
    expect(queue.jobs[0]).toHaveProperty('time_remaining');
    expect(queue.jobs[0]).toHaveProperty('speed');
    expect(queue.jobs[1]).toMatchObject({
      ...DOCUMENTED_JOB,
      id: waiting,
      status: 'queued',
      start_time: null,
      end_time: null,
      position: 1,
      progress: 0,
    });
  });

  it('asks for a credential', async () => {
    const reply = await send(server.app, 'GET', '/api/queue/status');
    expect(errorOf(reply)).toMatchObject({ code: 'AUTH_REQUIRED', status_code: 401 });
  });
});

describe('GET /api/queue/job/{jobId}', () => {
  it('has the same fields, and what was asked for', async () => {
    const { status, body } = await get(`/api/queue/job/${running}`);
    expect(status).toBe(200);
    expect(body['job']).toMatchObject({
      ...DOCUMENTED_JOB,
      id: running,
      parameters: { options: { prompt: 'A beautiful landscape', steps: 20 } },
    });
  });

  it('says JOB_NOT_FOUND where there is none', async () => {
    const reply = await get('/api/queue/job/00000000-0000-4000-8000-000000000000');
    expect(errorOf(reply)).toMatchObject({ code: 'JOB_NOT_FOUND', status_code: 404 });
  });
});

describe('POST /api/queue/cancel', () => {
  it('answers word for word', async () => {
    const id = await submitted(server.app, token);
    expect(await post('/api/queue/cancel', { job_id: id })).toMatchObject({
      status: 200,
      body: { status: 'success', message: 'Job cancelled successfully', job_id: id },
    });
    const { body } = await post('/api/queue/cancel', {
      job_id: await submitted(server.app, token),
    });
    expect(Object.keys(body).toSorted()).toEqual(['job_id', 'message', 'status']);
  });
});

describe('POST /api/queue/clear', () => {
  it('answers word for word, and says how many there were', async () => {
    const id = await submitted(server.app, token);
    const { status, body } = await post('/api/queue/clear');
    expect(status).toBe(200);
    expect(body).toEqual({
      status: 'success',
      message: 'Queue cleared successfully',
      cleared: 2,
    });
    expect((await jobEnd(server.app, token, id)).status).toBe('cancelled');
    expect((await get(`/api/queue/job/${running}`)).body['job']).toMatchObject({
      status: 'processing',
    });
  });
});
