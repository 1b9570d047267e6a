import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeEngine } from '../../src/engine/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { bearer, errorOf, send, tokenOf, type Reply } from '../support/auth.js';
import { jobEnd, submitted } from '../support/jobs.js';
import { gguf, safetensors, SAMPLES, writeSparse, type Tensors } from '../support/weight-files.js';

const engine = FakeEngine.instant();
let server: TestApp;
let token: string;

const TAESD = { 'decoder.layers.0.weight': [64, 4, 3, 3] };
const CONTROL = {
  'input_hint_block.0.weight': [16, 3, 3, 3],
  'input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight': [320, 768],
};
const FILES: Record<string, Tensors> = {
  'checkpoints/photo': SAMPLES.sd1,
  'checkpoints/large': SAMPLES.sdxl,
  'vae/four': SAMPLES.vae,
  'vae/sixteen': SAMPLES.fluxVae,
  'vae/enlarger': { 'conv_first.weight': [64, 3, 3, 3] },
  'vae/unheard-of': { 'one.two': [8, 8] },
  'taesd/small': TAESD,
  'text_encoders/t5': {
    'encoder.block.0.layer.0.SelfAttention.q.weight': [4096, 4096],
    'shared.weight': [32_128, 4096],
  },
  'text_encoders/clip-g': {
    'text_model.encoder.layers.0.self_attn.q_proj.weight': [1280, 1280],
    'text_model.embeddings.token_embedding.weight': [49_408, 1280],
  },
  'text_encoders/qwen': { 'model.layers.0.self_attn.q_proj.weight': [1, 1] },
  'controlnet/edges': CONTROL,
  'controlnet/mistaken': TAESD,
  'loras/ink': SAMPLES.lora,
  'loras/wide': { 'diffusion_model.layers.0.feed_forward.w2.lora_A.weight': [4, 512] },
  'loras/emoji': { 'diffusion_model.layers.0.feed_forward.w2.lora_A.weight': [4, 768] },
  'loras/mistaken': TAESD,
};

beforeAll(async () => {
  server = await createTestApp({ engine });
  const models = join(server.dataDir, 'models');
  for (const [name, tensors] of Object.entries(FILES))
    await writeSparse(join(models, `${name}.safetensors`), safetensors(tensors));
  await writeSparse(join(models, 'vae/as-gguf.gguf'), gguf(SAMPLES.fluxVae));
  await writeFile(join(models, 'vae/old.ckpt'), 'a pickle');
  await writeFile(join(models, 'vae/damaged.safetensors'), 'no header');
  token = await tokenOf(server.app);
});

afterAll(() => server.close());

const PICTURE =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

function ask(model_name: string, options: object): Promise<Reply> {
  const controlled = 'control_net' in options;
  const kind = controlled ? 'controlnet' : 'text2img';
  const body = { prompt: 'x', width: 64, height: 64, steps: 1, model_name, ...options };
  const whole = controlled ? { ...body, control_image: PICTURE } : body;
  return send(server.app, 'POST', `/api/generate/${kind}`, bearer(token), whole);
}

const loadIt = (model: string, body: object): Promise<Reply> =>
  send(server.app, 'POST', `/api/models/${model}/load`, bearer(token), body);

/** The only field that a refusal names, and what it says. */
function refusal(reply: Reply): string {
  expect([reply.status, errorOf(reply).code]).toEqual([400, 'VALIDATION_ERROR']);
  const { problems } = reply.body['error'] as { problems: Array<{ field: string }> };
  const [{ field }] = problems as [{ field: string }];
  expect(errorOf(reply).message.startsWith(`${field}: `)).toBe(true);
  return errorOf(reply).message;
}

type Misfit = [model: string, short: string, field: string, file: string, why: RegExp];

const MISFITS: Misfit[] = [
  ['photo', 'vae', 'vae_path', 'vae/enlarger.safetensors', /"enlarger\..*type esrgan.*type vae/],
  ['photo', 'vae', 'vae_path', 'sixteen', /architecture vae-16.*sd1 needs vae-4/],
  ['photo', 'vae', 'vae_path', 'as-gguf', /vae-16/],
  ['tiny-emoji', 'vae', 'vae_path', 'four', /vae-4.*z-image needs vae-16/],
  ['photo', 'vae', 'vae_path', 'small', /type taesd/],
  ['photo', 'taesd', 'taesd_path', 'four', /type vae/],
  ['tiny-emoji', 'taesd', 'taesd_path', 'small', /taesd-4.*needs taesd-16/],
  ['photo', 'clip_l', 'clip_l_path', 't5', /type t5.*type clip/],
  ['large', 'clip_l', 'clip_l_path', 'clip-g', /clip-g.*needs clip-l/],
  ['photo', 't5xxl', 't5xxl_path', 'qwen', /type llm.*type t5/],
  ['tiny-emoji', 'llm', 'llm_path', 'clip-g', /type clip.*type llm/],
  ['photo', 'controlnet', 'control_net', 'mistaken', /type taesd.*type controlnet/],
  ['large', 'controlnet', 'control_net', 'edges', /sd1.*sdxl needs sdxl/],
  ['tiny-emoji', 'controlnet', 'control_net', 'edges', /cannot be a part of a model of z-image/],
  ['photo', 'vae', 'vae_path', 'loras/ink.safetensors', /type lora/],
  ['photo', 'vae', 'vae_path', 'nowhere', /There is no vae model "nowhere"/],
];

describe('a part that does not fit', () => {
  it.each(MISFITS)(
    '%s: %s (%s) is refused by job and load: %s',
    async (model, short, field, file, why) => {
      expect(refusal(await ask(model, { [field]: file }))).toMatch(why);
      expect(refusal(await loadIt(model, { [short]: file }))).toMatch(why);
      expect(refusal(await loadIt(model, { [field]: file }))).toMatch(new RegExp(`^${field}: `));
      expect(engine.loads).toEqual([]);
    },
  );

  it.each([
    ['large', 'ink', /is for sd1, and the model is of sdxl/],
    ['tiny-emoji', 'wide', /another size: it differs in "layers\.0\.feed_forward\.w2"/],
    ['photo', 'mistaken', /type taesd.*type lora/],
  ])('%s: neither does a LoRA: %s', async (model, lora, why) => {
    expect(refusal(await ask(model, { loras: [lora] }))).toMatch(why);
    const tagged = refusal(await ask(model, { prompt: `x <lora:${lora}:0.5>` }));
    expect(tagged).toMatch(why);
    expect(tagged).toMatch(/^prompt: /);
  });
});

describe('a part that fits, or of which nothing is known', () => {
  it.each([
    ['photo', { vae_path: 'four' }],
    ['photo', { vae_path: 'unheard-of' }],
    ['photo', { vae_path: 'old.ckpt' }],
    ['photo', { vae_path: 'damaged' }],
    ['photo', { taesd_path: 'small', control_net: 'edges', loras: ['ink'] }],
    ['large', { clip_g_path: 'clip-g' }],
    ['tiny-emoji', { vae_path: 'sixteen', loras: ['emoji'] }],
  ])('%s takes %j', async (model, options) => {
    const { status, body } = await ask(model, options);
    expect({ status, body }).toMatchObject({ status: 202 });
    const job = await jobEnd(server.app, token, body['request_id'] as string);
    expect(job.status).toBe('completed');
  });

  it('a VAE takes the place of the small one that the model has, which goes on for previews', async () => {
    const wanted = { prompt: 'x', steps: 1, vae_path: 'sixteen' };
    await jobEnd(server.app, token, await submitted(server.app, token, wanted));
    expect(engine.loads.at(-1)).toMatchObject({ options: { taePreviewOnly: true } });
    const said = { ...wanted, tae_preview_only: false };
    await jobEnd(server.app, token, await submitted(server.app, token, said));
    expect(engine.loads.at(-1)).toMatchObject({ options: { taePreviewOnly: false } });
  });
});
