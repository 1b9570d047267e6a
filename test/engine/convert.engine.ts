import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../src/common/index.js';
import { SupervisedEngine } from '../../src/engine/supervised-engine.js';
import { readHeader } from '../../src/models/headers/read-header.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { tokenOf } from '../support/auth.js';
import { cancel, jobEnd, jobWhen, submitted } from '../support/jobs.js';
import { ModelsClient } from '../support/models.js';
import { safetensors, writeSparse } from '../support/weight-files.js';

const PROGRAM = join(PACKAGE_ROOT, 'dist/src/engine/engine-process.js');

let engine: SupervisedEngine;
let server: TestApp;
let token: string;
const models = new ModelsClient(
  () => server.app,
  () => token,
);

beforeAll(async () => {
  engine = new SupervisedEngine({ program: PROGRAM, stallMs: 300_000, cancelMs: 60_000 });
  server = await createTestApp({ engine, env: { ATELIER_DISK_RESERVE_MB: '1' } });
  token = await tokenOf(server.app);
});

afterAll(() => server.close());

async function start(body: object): Promise<string> {
  const { status, body: reply } = await models.send('POST', '/convert', body);
  if (status !== 202) throw new Error(`Not accepted: ${JSON.stringify(reply)}`);
  return reply['job_id'] as string;
}

async function converted(body: object): Promise<string> {
  return (await jobEnd(server.app, token, await start(body))).status;
}

describe('a conversion by the real engine', () => {
  // The first use of some types builds tables for half a minute on a busy machine.
  it('writes every type that it says it can', { timeout: 600_000 }, async () => {
    const { start: head, size } = safetensors({ 'model.diffusion_model.a.weight': [256, 256] });
    const bytes = Buffer.alloc(size, head);
    for (let at = head.length; at < size; at += 1) bytes[at] = (at * 31) % 61;
    const inputPath = join(server.dataDir, 'small.safetensors');
    await writeFile(inputPath, bytes);
    const { conversionTypes } = await engine.facts();
    expect(conversionTypes).toEqual(expect.arrayContaining(['f32', 'q4_K', 'iq1_s', 'mxfp4']));
    for (const outputType of conversionTypes) {
      const outputPath = join(server.dataDir, `small.${outputType}.gguf`);
      await engine.convert({ inputPath, outputPath, outputType });
      const { tensors } = await readHeader(outputPath);
      expect(tensors.map(({ type }) => type)).toEqual([outputType]);
    }
    expect(engine.health().restarts).toBe(0);
  });

  it('makes a model that draws', async () => {
    for (const type of ['f16', 'q8_0', 'q4_0']) {
      expect(await converted({ model: 'tiny-emoji', output_type: type })).toBe('completed');
      expect(await models.model(`tiny-emoji.dit.${type}`)).toMatchObject({
        type: 'diffusion',
        architecture: 'z-image',
        quantization: type,
      });
    }
    const parts = {
      llm: 'tiny-emoji/tiny-emoji.llm.gguf',
      taesd: 'tiny-emoji/tiny-emoji.tae.safetensors',
    };
    const loaded = await models.send('POST', '/tiny-emoji.dit.q8_0/load', parts);
    expect(loaded).toMatchObject({ status: 200 });
    const model_name = 'tiny-emoji.dit.q8_0';
    const picture = { model_name, prompt: 'red apple', width: 64, height: 64, steps: 2, seed: 1 };
    const job = await jobEnd(server.app, token, await submitted(server.app, token, picture));
    expect(job).toMatchObject({ status: 'completed', error: null });
    expect(job.outputs[0]?.size).toBeGreaterThan(100);
  });

  it('is cancelled in the middle: the engine is ended, and begins anew for the next job', async () => {
    const shape = [8192, 8192];
    const names = ['a', 'b', 'c', 'd'].map((name) => [
      `model.diffusion_model.${name}.weight`,
      shape,
    ]);
    const folder = join(server.dataDir, 'models/diffusion_models/large');
    await writeSparse(join(folder, 'large.safetensors'), safetensors(Object.fromEntries(names)));
    await models.send('POST', '/refresh');
    const id = await start({ model: 'large', output_type: 'iq1_m' });
    await jobWhen(server.app, token, id, ({ total_steps }) => total_steps > 0);
    const before = performance.now();
    expect((await cancel(server.app, token, id)).status).toBe(200);
    expect(performance.now() - before).toBeLessThan(5000);
    expect(engine.health().restarts).toBe(1);
    expect(await readdir(folder)).toEqual(['large.safetensors']);
    const picture = { prompt: 'red apple', width: 64, height: 64, steps: 1, seed: 1 };
    const job = await jobEnd(server.app, token, await submitted(server.app, token, picture));
    expect(job.status).toBe('completed');
  });

  it('of what is no model fails, and leaves nothing', async () => {
    const folder = join(server.dataDir, 'models/vae');
    const broken = { start: Buffer.from('no weights at all'), size: 4096 };
    await writeSparse(join(folder, 'broken.safetensors'), broken);
    await models.send('POST', '/refresh');
    const id = await start({ model: 'broken', output_type: 'f16' });
    expect(await jobEnd(server.app, token, id)).toMatchObject({
      status: 'failed',
      error: { code: 'CONVERSION_FAILED' },
    });
    expect(await readdir(folder)).toEqual(['broken.safetensors']);
  });
});
