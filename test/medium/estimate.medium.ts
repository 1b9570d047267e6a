import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeEngine } from '../../src/engine/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { bearer, send, tokenOf } from '../support/auth.js';
import { temporaryFolder, type TemporaryFolder } from '../support/folder.js';
import { jobEnd, submitted } from '../support/jobs.js';

interface Estimate {
  time_ms: number | null;
  based_on: number;
  memory_bytes: number;
  memory_based_on: number;
  device_memory_bytes: number | null;
}

/** What the fake engine says that a picture takes. */
const fakeMemory = (side: number): number => 64_000_000 + 1000 * side * side;

let folder: TemporaryFolder;
let server: TestApp;
let token: string;

async function open(): Promise<void> {
  server = await createTestApp({ dataDir: folder.path });
  token = await tokenOf(server.app);
}

beforeEach(async () => {
  folder = await temporaryFolder();
  await open();
});

afterEach(async () => {
  await server.close();
  await folder.remove();
});

async function estimate(body: object): Promise<Estimate> {
  const reply = await send(server.app, 'POST', '/api/estimate', bearer(token), body);
  expect(reply.status).toBe(200);
  return reply.body['estimate'] as Estimate;
}

async function finish(side: number): Promise<void> {
  const size = { width: side, height: side };
  const id = await submitted(server.app, token, { prompt: 'red apple', steps: 2, ...size });
  expect(await jobEnd(server.app, token, id)).toMatchObject({ status: 'completed' });
}

describe('an estimate', () => {
  it('goes by the sizes of the files before anything was finished here, and says so', async () => {
    const models = await send(server.app, 'GET', '/api/models/tiny-emoji', bearer(token));
    const { size } = models.body['model'] as { size: number };
    expect(await estimate({ prompt: 'red apple' })).toMatchObject({
      time_ms: null,
      based_on: 0,
      memory_bytes: size,
      memory_based_on: 0,
      device_memory_bytes: null,
    });
  });

  it('tells the memory that jobs of the same model and size took, and how many there were', async () => {
    await finish(128);
    await finish(128);
    expect(await estimate({ prompt: 'green pear' })).toMatchObject({
      based_on: 2,
      memory_bytes: fakeMemory(128),
      memory_based_on: 2,
    });
  });

  it('reckons the memory of a size that was never drawn from two that were', async () => {
    await finish(64);
    await finish(128);
    const { memory_bytes } = await estimate({ prompt: 'x', width: 512, height: 512 });
    expect(memory_bytes).toBe(fakeMemory(512));
  });

  it('has learnt nothing for another kind of work', async () => {
    await finish(128);
    const video = await estimate({ kind: 'text2video', prompt: 'red apple' });
    expect(video).toMatchObject({ time_ms: null, based_on: 0, memory_based_on: 0 });
  });

  it('remembers after a restart', async () => {
    await finish(128);
    await server.close();
    await open();
    expect(await estimate({ prompt: 'x' })).toMatchObject({
      memory_bytes: fakeMemory(128),
      memory_based_on: 1,
    });
  });

  it('tells of the memory of devices where the engine measured it', async () => {
    await server.close();
    server = await createTestApp({ dataDir: folder.path, engine: FakeEngine.onDevice() });
    token = await tokenOf(server.app);
    await finish(128);
    expect(await estimate({ prompt: 'x' })).toMatchObject({
      memory_bytes: expect.any(Number) as number,
      device_memory_bytes: fakeMemory(128),
    });
  });
});
