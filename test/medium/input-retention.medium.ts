import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, describe, it } from 'vitest';
import { FakeEngine } from '../../src/engine/index.js';
import { InputRetention } from '../../src/files/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { bearer, send, tokenOf } from '../support/auth.js';
import { cancel, jobEnd } from '../support/jobs.js';

/** Pixels of noise, which no PNG makes smaller: about 0.75 MiB. */
const SIDE = 512;

let server: TestApp;
let token: string;
let open: () => void;

beforeEach(async () => {
  const blocking = FakeEngine.blocking();
  ({ open } = blocking);
  server = await createTestApp({ env: { ATELIER_KEPT_INPUT_MB: '2' }, engine: blocking.engine });
  token = await tokenOf(server.app);
});

afterEach(async () => {
  open();
  await server.close();
});

async function submitImage(): Promise<string> {
  const noise = randomBytes(SIDE * SIDE * 3);
  const png = await sharp(noise, { raw: { width: SIDE, height: SIDE, channels: 3 } })
    .png()
    .toBuffer();
  const body = { prompt: 'x', width: 64, height: 64, init_image: png.toString('base64') };
  const reply = await send(server.app, 'POST', '/api/generate/img2img', bearer(token), body);
  expect(reply.status).toBe(202);
  return reply.body['request_id'] as string;
}

const uploads = async (): Promise<string[]> => readdir(join(server.dataDir, 'uploads'));

/** As if some minutes had passed. */
const sweep = (): Promise<void> =>
  server.app.get(InputRetention).sweep(new Date(Date.now() + 300_000));

const retry = (id: string) => send(server.app, 'POST', `/api/queue/job/${id}/retry`, bearer(token));

describe('the input images of cancelled jobs', () => {
  it('stay within a bound for each user: the oldest go, and their jobs say so', async () => {
    const first = await submitImage();
    const jobs = [];
    for (let n = 0; n < 5; n += 1) jobs.push(await submitImage());
    for (const id of jobs) expect((await cancel(server.app, token, id)).status).toBe(200);
    expect(await uploads()).toHaveLength(6);
    await sweep();
    expect((await uploads()).length).toBeLessThanOrEqual(3);
    const oldest = await retry(jobs[0]!);
    expect(oldest.status).toBe(409);
    expect(oldest.body).toMatchObject({
      error: {
        code: 'JOB_NOT_RETRYABLE',
        message: expect.stringContaining('removed to make room') as string,
      },
    });
    const newest = await retry(jobs.at(-1)!);
    expect(newest.status).toBe(202);
    open();
    for (const id of [first, newest.body['job_id'] ?? newest.body['request_id']])
      expect((await jobEnd(server.app, token, id as string)).status).toBe('completed');
  });

  it('are not removed in the minute in which a job that needs them may be on its way', async () => {
    await submitImage();
    const jobs = [];
    for (let n = 0; n < 4; n += 1) jobs.push(await submitImage());
    for (const id of jobs) await cancel(server.app, token, id);
    await server.app.get(InputRetention).sweep();
    expect(await uploads()).toHaveLength(5);
    await sweep();
    expect((await uploads()).length).toBeLessThan(5);
  });
});
