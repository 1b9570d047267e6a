import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeEngine } from '../../src/engine/index.js';
import { readPngTexts } from '../../src/files/index.js';
import { VERSION } from '../../src/common/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { bearer, errorOf, send, tokenOf } from '../support/auth.js';
import { jobEnd, submit, submitted } from '../support/jobs.js';

let server: TestApp;
let token: string;
const engine = FakeEngine.instant();

beforeAll(async () => {
  server = await createTestApp({ engine });
  token = await tokenOf(server.app);
});

afterAll(() => server.close());

async function drawn(body: object): Promise<Record<string, unknown>> {
  const job = await jobEnd(server.app, token, await submitted(server.app, token, body));
  expect(job.status).toBe('completed');
  return (job.parameters as { options: Record<string, unknown> }).options;
}

describe('what a request leaves open', () => {
  it('is what the model recommends, else the documented default', async () => {
    expect(await drawn({ prompt: 'red apple' })).toMatchObject({
      model_name: 'tiny-emoji',
      width: 128,
      height: 128,
      steps: 8,
      cfg_scale: 3,
      sampling_method: 'euler',
      scheduler: 'discrete',
      batch_count: 1,
      negative_prompt: '',
    });
  });

  it('is left alone where the request says something', async () => {
    const said = {
      prompt: 'x',
      width: 64,
      steps: 2,
      cfg_scale: 1.5,
      sampling_method: 'dpmpp2m',
      seed: 9,
    };
    expect(await drawn(said)).toMatchObject({ ...said, sampling_method: 'dpm++2m', height: 128 });
    expect(engine.requests.at(-1)).toMatchObject({
      width: 64,
      steps: 2,
      cfgScale: 1.5,
      sampler: 'dpm++2m',
      seed: 9,
    });
  });

  it.each([undefined, null, 'random', -1])('is a seed drawn by the server for %s', async (seed) => {
    const seeds = [await drawn({ prompt: 'x', seed }), await drawn({ prompt: 'x', seed })];
    for (const { seed: given } of seeds) expect(given).toBeGreaterThanOrEqual(0);
    expect(seeds[0]!['seed']).not.toBe(seeds[1]!['seed']);
  });

  it('is nothing at all when every documented field is sent', async () => {
    const options = await drawn({
      model_name: 'tiny-emoji',
      prompt: 'red apple',
      negative_prompt: 'blue',
      width: 128,
      height: 128,
      steps: 1,
      cfg_scale: 7.0,
      sampling_method: 'euler',
      scheduler: 'karras',
      seed: 'random',
      batch_count: 1,
      clip_skip: 1,
      n_threads: 1,
      offload_params_to_cpu: false,
      clip_on_cpu: false,
      vae_on_cpu: false,
      diffusion_flash_attn: false,
      diffusion_conv_direct: false,
      vae_conv_direct: false,
      vae_path: '',
      clip_l_path: '',
      clip_g_path: '',
      taesd_path: 'tiny-emoji/tiny-emoji.tae.safetensors',
      embedding_dir: '',
      lora_model_dir: '',
    });
    expect(options).toMatchObject({
      cfg_scale: 7,
      scheduler: 'karras',
      n_threads: 1,
      clip_skip: 1,
    });
  });
});

describe('a model', () => {
  it('is found by id, by name, and by file name without its ending, also when it came later', async () => {
    const folder = join(server.dataDir, 'models');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'later.safetensors'), 'weights');
    for (const name of ['later.safetensors', 'later']) {
      expect(await drawn({ prompt: 'x', model_name: name, width: 64, height: 64 })).toMatchObject({
        model_name: 'later.safetensors',
        steps: 20,
      });
    }
    const { body } = await send(server.app, 'GET', '/api/models', bearer(token));
    const models = body['models'] as Array<{ id: string; name: string }>;
    const { id } = models.find(({ name }) => name === 'later.safetensors')!;
    expect(await drawn({ prompt: 'x', model_name: id })).toMatchObject({
      model_name: 'later.safetensors',
    });
  });

  it('that is not there is a 404 that says which are', async () => {
    const reply = await submit(server.app, token, { prompt: 'x', model_name: 'sd_xl' });
    expect(errorOf(reply)).toMatchObject({ code: 'MODEL_NOT_FOUND', status_code: 404 });
    expect(errorOf(reply).message).toContain('tiny-emoji');
  });
});

describe('a picture', () => {
  it('says how it was made, in words and as data, and nothing else', async () => {
    const id = await submitted(server.app, token, {
      prompt: 'a "cat", 🍎',
      negative_prompt: 'dog',
      seed: 5,
    });
    await jobEnd(server.app, token, id);
    const url = `/api/queue/job/${id}/output/image_0.png`;
    const { rawPayload } = await server.app.inject({ method: 'GET', url });
    const texts = readPngTexts(rawPayload);
    expect(texts['parameters']).toMatch(
      /^a "cat", 🍎\nNegative prompt: dog\nSteps: 8, Sampler: euler, Schedule type: discrete, CFG scale: 3, Seed: 5, Size: 128x128, Model hash: [0-9a-f]{10}, Model: tiny-emoji, Version: atelier .+$/u,
    );
    const manifest = JSON.parse(texts['atelier']!) as { options: object };
    expect(manifest).toMatchObject({
      version: 1,
      generator: `atelier ${VERSION}`,
      engine: { name: 'fake', commit: '0000000' },
      model: {
        name: 'tiny-emoji',
        sha256: { diffusionModel: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
      },
      options: { prompt: 'a "cat", 🍎', seed: 5, steps: 8, width: 128 },
    });
    expect(JSON.stringify(manifest)).not.toContain(id);
  });

  it('has the same bytes when it is made again', async () => {
    const bytes: Buffer[] = [];
    for (const body of [
      { prompt: 'x', seed: 11 },
      { prompt: 'x', seed: 10, batch_count: 2 },
    ]) {
      const id = await submitted(server.app, token, body);
      const { outputs } = await jobEnd(server.app, token, id);
      const reply = await server.app.inject({ method: 'GET', url: outputs.at(-1)!.url });
      bytes.push(reply.rawPayload);
    }
    expect(bytes[0]!.equals(bytes[1]!)).toBe(true);
  });
});

describe('bad input', () => {
  const rows: Array<[string, object, string]> = [
    ['no prompt', {}, 'prompt'],
    ['a prompt that is a number', { prompt: 5 }, 'prompt'],
    ['a prompt of 4001 characters', { prompt: 'x'.repeat(4001) }, 'prompt'],
    ['a weight that is not a number', { prompt: '(cat:.)' }, 'prompt'],
    [
      'a weight beyond all bounds',
      { negative_prompt: `(cat:${'9'.repeat(60)})`, prompt: 'x' },
      'negative_prompt',
    ],
    ['a width below the least', { prompt: 'x', width: 63 }, 'width'],
    ['a width that is no multiple of 8', { prompt: 'x', width: 65 }, 'width'],
    ['a height of 0', { prompt: 'x', height: 0 }, 'height'],
    ['a height below 0', { prompt: 'x', height: -64 }, 'height'],
    ['steps 0', { prompt: 'x', steps: 0 }, 'steps'],
    ['steps -1', { prompt: 'x', steps: -1 }, 'steps'],
    ['steps "many"', { prompt: 'x', steps: 'many' }, 'steps'],
    ['steps "8", a text', { prompt: 'x', steps: '8' }, 'steps'],
    ['half a step', { prompt: 'x', steps: 1.5 }, 'steps'],
    ['cfg_scale "NaN"', { prompt: 'x', cfg_scale: 'NaN' }, 'cfg_scale'],
    ['cfg_scale true', { prompt: 'x', cfg_scale: true }, 'cfg_scale'],
    ['no pictures', { prompt: 'x', batch_count: 0 }, 'batch_count'],
    ['an unknown sampler', { prompt: 'x', sampling_method: 'wild' }, 'sampling_method'],
    ['an unknown scheduler', { prompt: 'x', scheduler: 5 }, 'scheduler'],
    ['a seed beyond exact numbers', { prompt: 'x', seed: 2 ** 60 }, 'seed'],
    ['a seed below -1', { prompt: 'x', seed: -2 }, 'seed'],
    ['clip_skip 99', { prompt: 'x', clip_skip: 99 }, 'clip_skip'],
    ['a yes that is a text', { prompt: 'x', vae_on_cpu: 'yes' }, 'vae_on_cpu'],
    ['an unknown option', { prompt: 'x', setps: 8 }, 'setps'],
    ['an option of the prototype', { prompt: 'x', constructor: 8 }, 'constructor'],
    [
      'a file outside the models folders',
      { prompt: 'x', vae_path: '../../../etc/passwd' },
      'vae_path',
    ],
    ['an absolute path', { prompt: 'x', taesd_path: '/etc/passwd' }, 'taesd_path'],
    ['a LoRA that is not there', { prompt: 'x<lora:none:1>' }, 'prompt'],
    ['a LoRA that is not there, by list', { prompt: 'x', loras: ['none'] }, 'loras'],
    ['no folder of embeddings', { prompt: 'x', embedding_dir: 'none' }, 'embedding_dir'],
    ['an option of another kind', { prompt: 'x', mask_image: 'aGk=' }, 'mask_image'],
  ];

  it.each(rows)(
    '%s is refused, naming the field, and reaches no engine',
    async (_name, body, field) => {
      const before = engine.requests.length;
      const reply = await submit(server.app, token, body);
      expect(reply.status).toBe(400);
      const error = reply.body['error'] as {
        code: string;
        message: string;
        problems: Array<{ field: string }>;
      };
      expect(error.code).toBe('VALIDATION_ERROR');
      expect(error.problems.map((problem) => problem.field)).toContain(field);
      expect(error.message).toContain(field);
      expect(engine.requests).toHaveLength(before);
    },
  );

  it('names every field that is wrong at once', async () => {
    const reply = await submit(server.app, token, { steps: 0, width: 1, wrong: true });
    const { problems } = reply.body['error'] as { problems: Array<{ field: string }> };
    expect(problems.map(({ field }) => field)).toEqual(['steps', 'width', 'wrong', 'prompt']);
  });

  it.each([
    ['NaN', '{"prompt":"x","cfg_scale":NaN}', 'INVALID_PARAMETERS'],
    ['Infinity', '{"prompt":"x","cfg_scale":Infinity}', 'INVALID_PARAMETERS'],
    ['a number beyond all floats', '{"prompt":"x","cfg_scale":1e999}', 'VALIDATION_ERROR'],
    ['half an object', '{"prompt":', 'INVALID_PARAMETERS'],
    ['a list', '[]', 'INVALID_PARAMETERS'],
    ['a text', '"red apple"', 'INVALID_PARAMETERS'],
    ['nothing', '', 'INVALID_PARAMETERS'],
  ])('a body that is or holds %s is refused', async (_name, payload, code) => {
    const headers = { ...bearer(token), 'content-type': 'application/json' };
    const url = '/api/generate/text2img';
    const reply = await server.app.inject({ method: 'POST', url, headers, payload });
    expect(reply.statusCode).toBe(400);
    expect(reply.json<{ error: { code: string } }>().error.code).toBe(code);
  });
});
