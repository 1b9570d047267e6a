import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SupervisedEngine } from '../../src/engine/supervised-engine.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { bearer, send, tokenOf } from '../support/auth.js';
import { jobEnd, submitted } from '../support/jobs.js';

const PROGRAM = join(import.meta.dirname, '../../dist/src/engine/engine-process.js');
const MIB = 1024 * 1024;

let server: TestApp;
let token: string;

beforeAll(async () => {
  const engine = new SupervisedEngine({ program: PROGRAM, stallMs: 60_000, cancelMs: 60_000 });
  server = await createTestApp({ engine });
  token = await tokenOf(server.app);
});

afterAll(() => server.close());

async function memory(side: number): Promise<{ bytes: number; basedOn: number }> {
  const body = { prompt: 'red apple', width: side, height: side };
  const reply = await send(server.app, 'POST', '/api/estimate', bearer(token), body);
  const { estimate } = reply.body as { estimate: Record<string, number> };
  return { bytes: estimate['memory_bytes']!, basedOn: estimate['memory_based_on']! };
}

async function finish(side: number): Promise<void> {
  const size = { width: side, height: side, steps: 2 };
  const id = await submitted(server.app, token, { prompt: 'red apple', ...size });
  expect(await jobEnd(server.app, token, id)).toMatchObject({ status: 'completed' });
}

describe('the memory of finished jobs, in a real engine', () => {
  it('is what the engine took: the model and more, and more for a larger picture', async () => {
    const { bytes: files, basedOn } = await memory(128);
    expect(basedOn).toBe(0);
    await finish(128);
    const small = await memory(128);
    expect(small.basedOn).toBe(1);
    expect(small.bytes).toBeGreaterThan(files);
    expect(small.bytes).toBeLessThan(files + 500 * MIB);
    await finish(256);
    const large = await memory(256);
    expect(large.bytes).toBeGreaterThan(small.bytes);
    expect((await memory(128)).bytes).toBe(small.bytes);
  });

  it('leaves out the other models that are in memory', async () => {
    const before = await memory(128);
    const other = { prompt: 'red apple', n_threads: 1, width: 128, height: 128, steps: 2 };
    await jobEnd(server.app, token, await submitted(server.app, token, other));
    const rows = await memory(128);
    expect(rows.basedOn).toBe(before.basedOn + 1);
    expect(rows.bytes).toBeLessThan(before.bytes * 1.3);
  });
});
