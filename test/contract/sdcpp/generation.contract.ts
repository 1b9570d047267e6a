import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobDetails } from '../../../src/queue/index.js';
import { send, bearer } from '../../support/auth.js';
import { jobEnd } from '../../support/jobs.js';
import { LOAD_EXAMPLES, TXT2IMG_EXAMPLES } from '../../support/sdcpp-examples.js';
import { pictureBase64, startSdcpp, type SdcppServer } from '../../support/sdcpp.js';

let sdcpp: SdcppServer;
let picture: string;

beforeAll(async () => {
  sdcpp = await startSdcpp();
  picture = await pictureBase64();
});

afterAll(() => sdcpp.close());

async function accepted(path: string, body: object): Promise<string> {
  const answer = await sdcpp.anna.post(path, body);
  expect({ status: answer.status, body: answer.body }).toEqual({
    status: 202,
    body: {
      job_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      status: 'pending',
      position: expect.any(Number) as number,
    },
  });
  return String(answer.body['job_id']);
}

type Asked = JobDetails & {
  parameters: { model: { name: string }; options: Record<string, unknown> };
};

async function made(path: string, body: object): Promise<Asked> {
  const id = await accepted(path, body);
  const job = await jobEnd(sdcpp.server.app, sdcpp.anna.token, id);
  expect([job.status, job.error]).toEqual(['completed', null]);
  return job as Asked;
}

const SMALL = { width: 64, height: 64, steps: 2 };

async function load(name: string): Promise<void> {
  const [, body] = LOAD_EXAMPLES.find(([example]) => example === name)!;
  const { status, body: answer } = await sdcpp.anna.post('/models/load', body);
  expect([status, answer['error']]).toEqual([200, undefined]);
}

/** The body of the document's "Text to Image", word for word but for its picture. */
const DOCUMENTED = {
  prompt: 'a lovely cat holding a sign that says hello world <lora:add_detail:0.8>',
  negative_prompt: 'blurry, low quality, bad anatomy',
  width: 512,
  height: 512,
  steps: 20,
  cfg_scale: 7.0,
  seed: -1,
  sampler: 'euler_a',
  scheduler: 'discrete',
  batch_count: 1,
  clip_skip: -1,
  control_strength: 0.9,
};

describe('POST /txt2img', () => {
  it('takes the documented body, with the control picture', async () => {
    await load('SD1.5 with ControlNet');
    const job = await made('/txt2img', { ...DOCUMENTED, control_image_base64: picture });
    expect(job.kind).toBe('text2img');
    expect(sdcpp.engine.requests.at(-1)).toMatchObject({
      prompt: 'a lovely cat holding a sign that says hello world ',
      negativePrompt: 'blurry, low quality, bad anatomy',
      sampler: 'euler_a',
      scheduler: 'discrete',
      controlImage: { width: 32, height: 32 },
      controlStrength: 0.9,
      loras: [{ multiplier: 0.8 }],
    });
  });

  it.each(TXT2IMG_EXAMPLES)('takes the example for %s', async (_name, model, body) => {
    await load(model);
    const id = await accepted('/txt2img', body);
    const { body: answer } = await send(
      sdcpp.server.app,
      'GET',
      `/api/queue/job/${id}`,
      bearer(sdcpp.anna.token),
    );
    const job = answer['job'] as unknown as Asked;
    const { sampler, easycache, ...said } = body as Record<string, unknown>;
    expect(job.parameters.options).toMatchObject(said);
    if (sampler) expect(job.parameters.options['sampling_method']).toBe(sampler);
    if (easycache) expect(job.parameters.options['cache_mode']).toBe('easycache');
    expect(job).toMatchObject({ origin: { dialect: 'sdcpp', params: body } });
    await jobEnd(sdcpp.server.app, sdcpp.anna.token, id);
  });

  it('has the document’s defaults, where the model recommends nothing', async () => {
    await load('SD1.5');
    const { parameters } = await made('/txt2img', { prompt: 'a cat' });
    expect(parameters).toMatchObject({
      model: { name: 'v1-5-pruned-emaonly.safetensors' },
      options: {
        negative_prompt: '',
        width: 512,
        height: 512,
        steps: 20,
        cfg_scale: 7,
        sampling_method: 'euler_a',
        scheduler: 'discrete',
        batch_count: 1,
        clip_skip: -1,
        seed: expect.any(Number) as number,
      },
    });
  });

  it('has what the model recommends, where it does', async () => {
    await sdcpp.anna.post('/models/load', { model_name: 'tiny-emoji' });
    const { parameters } = await made('/txt2img', { prompt: 'a cat' });
    expect(parameters.options).toMatchObject({
      width: 128,
      height: 128,
      steps: 8,
      cfg_scale: 3,
      sampling_method: 'euler',
    });
  });

  it('takes the fields of the document, each with its documented default', async () => {
    await load('SD1.5');
    const job = await made('/txt2img', {
      prompt: 'a cat',
      ...SMALL,
      distilled_guidance: 3.5,
      eta: 0.0,
      shifted_timestep: 0,
      slg_scale: 0.0,
      skip_layers: [7, 8, 9],
      slg_start: 0.01,
      slg_end: 0.2,
      custom_sigmas: [],
      ref_images: [],
      auto_resize_ref_image: true,
      increase_ref_index: false,
      control_strength: 0.9,
      vae_tiling: false,
      vae_tile_size_x: 0,
      vae_tile_size_y: 0,
      vae_tile_overlap: 0.5,
      easycache: false,
      easycache_threshold: 0.2,
      easycache_start: 0.15,
      easycache_end: 0.95,
      pm_id_images: [],
      pm_id_embed_path: '',
      pm_style_strength: 20.0,
      upscale: false,
      upscale_repeats: 1,
      upscale_auto_unload: true,
    });
    const { options } = job.parameters;
    expect(options).toMatchObject({ guidance: 3.5, eta: 0 });
    for (const idle of ['slg_scale', 'cache_reuse_threshold', 'pm_style_strength', 'upscale'])
      expect(options).not.toHaveProperty(idle);
  });

  it('gives the engine what the fields of the document say', async () => {
    await load('SD1.5');
    await made('/txt2img', {
      prompt: 'a cat',
      ...SMALL,
      seed: 42,
      batch_count: 2,
      slg_scale: 2.5,
      skip_layers: [7, 8],
      slg_start: 0.02,
      slg_end: 0.3,
      custom_sigmas: [14.6, 1, 0],
      ref_images: [picture, `data:image/png;base64,${picture}`],
      auto_resize_ref_image: false,
      increase_ref_index: true,
      shifted_timestep: 250,
      vae_tiling: true,
      vae_tile_size_x: 32,
      vae_tile_size_y: 64,
      vae_tile_overlap: 0.25,
      easycache: true,
      easycache_threshold: 0.3,
      easycache_start: 0.1,
      easycache_end: 0.9,
      pm_id_images: [picture],
      pm_style_strength: 30,
    });
    expect(sdcpp.engine.requests.at(-1)).toMatchObject({
      seed: 42,
      batchCount: 2,
      slg: { scale: 2.5, layers: [7, 8], layerStart: 0.02, layerEnd: 0.3 },
      customSigmas: [14.6, 1, 0],
      refImages: [{ width: 32 }, { width: 32 }],
      autoResizeRefImage: false,
      increaseRefIndex: true,
      shiftedTimestep: 250,
      vaeTiling: { enabled: true, tileSizeX: 32, tileSizeY: 64, targetOverlap: 0.25 },
      cache: { mode: 'easycache', reuseThreshold: 0.3, startPercent: 0.1, endPercent: 0.9 },
      photoMaker: { idImages: [{ width: 32 }], styleStrength: 30 },
    });
  });

  it('gives the engine what the further fields of the web UI say', async () => {
    await load('SD1.5');
    await made('/txt2img', {
      prompt: 'a cat',
      ...SMALL,
      extra_sample_args: 'a=1',
      img_cfg_scale: 1.5,
      flow_shift: 2,
      vae_tiling: true,
      vae_tile_rel_size_x: 2,
      vae_tile_rel_size_y: 3,
      cache_mode: 'spectrum',
      spectrum_w: 0.5,
      spectrum_m: 5,
      spectrum_lam: 0.5,
      spectrum_window_size: 3,
      spectrum_flex_window: 0.5,
      spectrum_warmup_steps: 2,
      spectrum_stop_percent: 0.8,
      hires_enabled: true,
      hires_upscaler: 'latent_nearest_exact',
      hires_scale: 2,
      hires_target_width: 0,
      hires_target_height: 0,
      hires_steps: 0,
      hires_denoising_strength: 0.7,
      circular_x: true,
      circular_y: false,
    });
    expect(sdcpp.engine.requests.at(-1)).toMatchObject({
      extraSampleArgs: 'a=1',
      imgCfgScale: 1.5,
      flowShift: 2,
      vaeTiling: { relSizeX: 2, relSizeY: 3 },
      cache: { mode: 'spectrum', spectrumW: 0.5, spectrumWindowSize: 3 },
      hires: { enabled: true, upscaler: 'Latent (nearest-exact)', scale: 2 },
    });
    expect(sdcpp.engine.loads.at(-1)?.options).toMatchObject({ circularX: true });
    await made('/txt2img', {
      prompt: 'a cat',
      ...SMALL,
      cache_mode: 'taylorseer',
      taylorseer_n_derivatives: 1,
      taylorseer_skip_interval: 2,
    });
    expect(sdcpp.engine.requests.at(-1)).toMatchObject({
      cache: { mode: 'taylorseer', taylorseerNDerivatives: 1, taylorseerSkipInterval: 2 },
    });
  });

  it('takes numbers as texts, as the original does', async () => {
    await load('SD1.5');
    const { parameters } = await made('/txt2img', {
      prompt: 'a cat',
      width: '64',
      height: ' 64 ',
      steps: '2',
      cfg_scale: '6.5',
      seed: '42',
      custom_sigmas: ['14.6', '0'],
    });
    expect(parameters.options).toMatchObject({
      width: 64,
      steps: 2,
      cfg_scale: 6.5,
      seed: 42,
      custom_sigmas: [14.6, 0],
    });
  });

  it('takes what asks for nothing, whatever this engine lacks', async () => {
    await load('SD1.5');
    await made('/txt2img', {
      prompt: 'a cat',
      ...SMALL,
      title: 'My cat',
      negative_prompt: '',
      img_cfg_scale: -1,
      ref_image_args: '',
      ip_adapter_image_base64: '',
      ip_adapter_strength: 0.6,
      pulid_id_embedding_path: '',
      pulid_id_weight: 1.0,
      qwen_image_layers: 0,
      cache_mode: '',
      expand_prompt: false,
      hires_enabled: false,
      hires_model_path: '',
      hires_scale: 99,
      control_image_base64: null,
    });
  });

  it.each<[string, object, string]>([
    ['no prompt', { prompt: undefined }, 'prompt is missing'],
    ['an unknown field', { colour: 'red' }, 'There is no field "colour"'],
    ['a field of another kind', { video_frames: 3 }, 'There is no field "video_frames"'],
    ['a name of the core', { sampling_method: 'euler' }, 'There is no field "sampling_method"'],
    ['a word for a number', { steps: 'many' }, 'steps must be a whole number'],
    ['a number out of bounds', { width: 99_999 }, 'width must be'],
    ['an unknown sampler', { sampler: 'dice' }, 'sampler must be one of euler'],
    ['an unknown scheduler', { scheduler: 'beta' }, 'scheduler must be one of'],
    ['an unknown cache', { cache_mode: 'dice' }, 'cache_mode must be one of'],
    ['a LoRA that is not there', { prompt: 'x <lora:none:1>' }, 'There is no lora model "none"'],
    ['no picture', { ref_images: ['!'] }, 'ref_images must be a picture'],
    ['a control picture without a ControlNet', { control_image_base64: 'A' }, 'needs a ControlNet'],
    [
      'an IP-Adapter',
      { ip_adapter_image_base64: 'AAAA' },
      'ip_adapter_image_base64 cannot be used',
    ],
    ['PuLID', { pulid_id_embedding_path: 'x' }, 'pulid_id_embedding_path cannot be used'],
    ['layers', { qwen_image_layers: 4 }, 'qwen_image_layers cannot be used'],
    ['arguments of no engine', { ref_image_args: 'a=1' }, 'ref_image_args cannot be used'],
    ['a title that is too long', { title: 'x'.repeat(300) }, 'title must be'],
    [
      'a path that leads out',
      { pm_id_embed_path: '../../etc/passwd' },
      'pm_id_embed_path: There is',
    ],
    ['braces that do not match', { prompt: '{a|b', expand_prompt: true }, 'not closed'],
  ])('refuses %s, naming it', async (_name, change, message) => {
    await load('SD1.5');
    const { status, body } = await sdcpp.anna.post('/txt2img', {
      prompt: 'x',
      ...SMALL,
      ...change,
    });
    expect([status, body['error']]).toEqual([400, expect.stringContaining(message) as string]);
  });

  it.each([[[]], ['x'], [7], [null]])('refuses a body that is %j', async (body) => {
    const answer = await sdcpp.anna.post('/txt2img', body);
    expect([answer.status, typeof answer.body['error']]).toEqual([400, 'string']);
  });

  it('needs a model, as documented', async () => {
    await sdcpp.anna.post('/models/unload');
    expect(await sdcpp.anna.post('/txt2img', { prompt: 'a cat' })).toMatchObject({
      status: 400,
      body: { error: 'No model loaded' },
    });
  });

  it('draws with the server’s default model for who has loaded none', async () => {
    const answer = await sdcpp.admin.post('/txt2img', { prompt: 'red apple', ...SMALL });
    expect(answer.status).toBe(202);
  });

  it('keeps the title, and what was asked for without its pictures', async () => {
    await load('SD1.5');
    const body = { prompt: 'x', ...SMALL, title: 'My cat', seed: '7' };
    const job = await made('/txt2img', { ...body, ref_images: [picture] });
    expect(job).toMatchObject({ label: 'My cat', origin: { dialect: 'sdcpp', params: body } });
    expect(job.origin!.params).not.toHaveProperty('ref_images');
    await made('/txt2img', job.origin!.params);
  });
});

describe('expand_prompt', () => {
  it('makes a job of each variant, and answers with the group', async () => {
    await load('SD1.5');
    const prompt = '{red|blue} {fox|cat}';
    const { status, body } = await sdcpp.anna.post('/txt2img', {
      prompt,
      ...SMALL,
      title: 'animals',
      expand_prompt: true,
    });
    expect({ status, body }).toEqual({
      status: 202,
      body: {
        group_id: expect.any(String) as string,
        variation_count: 4,
        job_ids: [0, 1, 2, 3].map(() => expect.any(String) as string),
        status: 'pending',
        position: expect.any(Number) as number,
      },
    });
    const ids = body['job_ids'] as string[];
    const jobs = await Promise.all(ids.map((id) => jobEnd(sdcpp.server.app, sdcpp.anna.token, id)));
    expect(jobs.map((job) => job.prompt)).toEqual(['red fox', 'red cat', 'blue fox', 'blue cat']);
    expect(jobs[1]).toMatchObject({
      label: 'animals',
      origin: {
        params: {
          prompt: 'red cat',
          variation_group_id: body['group_id'],
          variation_index: 1,
          variation_total: 4,
          variation_template: prompt,
        },
      },
    });
    await made('/txt2img', jobs[1]!.origin!.params);
  });

  it('makes one job of a prompt with one variant', async () => {
    await load('SD1.5');
    const job = await made('/txt2img', { prompt: 'a {red} fox', ...SMALL, expand_prompt: true });
    expect(job.prompt).toBe('a red fox');
  });

  it('makes none where one of them is refused', async () => {
    await load('SD1.5');
    const body = { prompt: '{a|b <lora:none:1>}', ...SMALL, expand_prompt: true };
    expect((await sdcpp.anna.post('/txt2img', body)).status).toBe(400);
    const { body: history } = await send(
      sdcpp.server.app,
      'GET',
      '/api/queue/history?status=queued,processing',
      bearer(sdcpp.anna.token),
    );
    expect(history).toMatchObject({ total: 0 });
  });
});
