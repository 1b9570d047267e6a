import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startSdcpp, type SdcppServer } from '../../support/sdcpp.js';
import { LOAD_EXAMPLES } from '../../support/sdcpp-examples.js';

let sdcpp: SdcppServer;

beforeAll(async () => {
  sdcpp = await startSdcpp();
});

afterEach(async () => {
  await sdcpp.anna.post('/models/unload');
});

afterAll(() => sdcpp.close());

/** The body of the document's "Load Model", word for word. */
const DOCUMENTED = {
  model_name: 'SD1x/realisticStockPhoto_v30SD15.safetensors',
  model_type: 'checkpoint',
  vae: 'vae-ft-mse-840000-ema-pruned.safetensors',
  clip_l: 'clip_l.safetensors',
  clip_g: 'clip_g.safetensors',
  clip_vision: null,
  t5xxl: 't5xxl_fp16.safetensors',
  controlnet: 'control_v11p_sd15_canny.safetensors',
  llm: 'qwen_3_4b.Q8_0.gguf',
  llm_vision: null,
  taesd: null,
  high_noise_diffusion_model: null,
  photo_maker: null,
  options: {
    n_threads: 8,
    keep_clip_on_cpu: true,
    keep_vae_on_cpu: false,
    keep_controlnet_on_cpu: false,
    flash_attn: true,
    offload_to_cpu: false,
    vae_decode_only: true,
    flow_shift: 0.0,
    rng_type: 'cuda',
    prediction: '',
    lora_apply_mode: 'auto',
  },
};

describe('POST /models/load', () => {
  it('takes the documented body, and answers as documented', async () => {
    const { status, body } = await sdcpp.anna.post('/models/load', DOCUMENTED);
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        success: true,
        status: 'loaded',
        message: 'Model loaded successfully',
        model_name: DOCUMENTED.model_name,
        model_type: 'checkpoint',
        loaded_components: {
          vae: 'vae-ft-mse-840000-ema-pruned.safetensors',
          clip_l: 'clip_l.safetensors',
          clip_g: 'clip_g.safetensors',
          t5xxl: 't5xxl_fp16.safetensors',
          controlnet: 'control_v11p_sd15_canny.safetensors',
          llm: 'qwen_3_4b.Q8_0.gguf',
          llm_vision: null,
        },
      },
    });
    expect(sdcpp.engine.loads.at(-1)).toMatchObject({
      files: {
        model: expect.stringContaining('realisticStock') as string,
        vae: expect.stringContaining('vae-ft-mse') as string,
        controlNet: expect.stringContaining('canny') as string,
      },
      options: { threads: 8, clipOnCpu: true, vaeOnCpu: false, flashAttentionEverywhere: true },
    });
  });

  it.each(LOAD_EXAMPLES)('takes the example for %s', async (_name, body, architecture) => {
    const answer = await sdcpp.anna.post('/models/load', body);
    expect([answer.status, answer.body['error']]).toEqual([200, undefined]);
    const { body: health } = await sdcpp.anna.get('/health');
    expect(health).toMatchObject({ model_loaded: true, model_architecture: architecture });
    const { loaded_components: shown, load_options: options } = health as Record<string, object>;
    const {
      options: asked = {},
      model_name,
      model_type,
      ...parts
    } = body as Record<string, object>;
    expect(model_type ?? 'checkpoint').toBe(health['model_type']);
    expect(model_name).toBe(health['model_name']);
    expect(shown).toMatchObject(parts);
    expect(options).toMatchObject(asked);
  });

  it('answers at once with wait=false, and tells how far it is', async () => {
    const name = 'v1-5-pruned-emaonly.safetensors';
    const { status, body } = await sdcpp.anna.post('/models/load?wait=false', { model_name: name });
    expect({ status, body }).toMatchObject({
      status: 202,
      body: { success: true, status: 'loading', model_name: name, model_type: 'checkpoint' },
    });
  });

  it.each<[string, unknown, number, string]>([
    ['no name', {}, 400, 'model_name is required'],
    ['an empty name', { model_name: '' }, 400, 'model_name is required'],
    ['a name that is none', { model_name: 7 }, 400, 'model_name must be'],
    [
      'a model that is not there',
      { model_name: 'invalid_model.safetensors' },
      404,
      'invalid_model',
    ],
    ['a path that leads out', { model_name: '../../../etc/passwd' }, 404, 'There is no model'],
    ['a part that is not there', { vae: 'no.safetensors' }, 400, 'vae: There is no vae model'],
    ['a part that leads out', { vae: '../../../etc/passwd' }, 400, 'vae: There is no'],
    ['a part that does not fit', { vae: 'ae.safetensors' }, 400, 'vae: "ae.safetensors"'],
    ['an unknown type', { model_type: 'vae' }, 400, 'model_type must be'],
    ['an unknown field', { colour: 'red' }, 400, 'There is no field "colour"'],
    ['an unknown option', { options: { colour: 1 } }, 400, '"options.colour"'],
    ['options that are none', { options: 'fast' }, 400, 'options must be an object'],
    [
      'an option of another type',
      { options: { flash_attn: 'yes' } },
      400,
      'options.flash_attn must',
    ],
    ['a number out of bounds', { options: { n_threads: 9999 } }, 400, 'options.n_threads must be'],
    [
      'a name out of no list',
      { options: { rng_type: 'dice' } },
      400,
      'options.rng_type must be one',
    ],
    ['an IP-Adapter', { ip_adapter: 'x' }, 400, 'ip_adapter cannot be used'],
    ['another device', { options: { backend: 'CUDA9' } }, 400, 'options.backend cannot be used'],
    ['freed weights', { options: { free_params_immediately: true } }, 400, 'what stays in memory'],
    ['a list', [], 400, 'The body must be a JSON object'],
  ])('refuses %s', async (_name, change, status, message) => {
    const base = { model_name: 'v1-5-pruned-emaonly.safetensors' };
    const whole =
      Array.isArray(change) || Object.keys(change as object).some((key) => key === 'model_name');
    const bare = JSON.stringify(change) === '{}';
    const body = whole || bare ? change : { ...base, ...(change as object) };
    const answer = await sdcpp.anna.post('/models/load', body);
    expect([answer.status, answer.body['error']]).toEqual([
      status,
      expect.stringContaining(message) as string,
    ]);
    expect((await sdcpp.anna.get('/health')).body['model_loaded']).toBe(false);
  });

  it.each([
    ['numbers as texts', { n_threads: '4', chroma_t5_mask_pad: '2', max_vram: '0' }],
    [
      'what asks for nothing',
      {
        free_params_immediately: false,
        model_args: '',
        backend: '',
        rpc_servers: '',
        eager_load: true,
        vae_format: 'auto',
        n_threads: -1,
        vae_tile_size_x: 0,
        flow_shift: null,
      },
    ],
    [
      'the fields of the web UI',
      {
        flash_attn: true,
        diffusion_flash_attn: true,
        enable_mmap: true,
        vae_conv_direct: false,
        diffusion_conv_direct: false,
        tae_preview_only: false,
        force_sdxl_vae_conv_scale: false,
        stream_layers: false,
        eager_load: false,
        max_vram: 0,
        weight_type: 'q8_0',
        tensor_type_rules: '^vae=f16',
        rng_type: 'cpu',
        sampler_rng_type: 'cpu',
        prediction: 'sd3_flow',
        lora_apply_mode: 'immediately',
      },
    ],
  ])('takes %s', async (_name, options) => {
    const answer = await sdcpp.anna.post('/models/load', {
      model_name: 'v1-5-pruned-emaonly.safetensors',
      ip_adapter: null,
      motion_module: null,
      options,
    });
    expect([answer.status, answer.body['error']]).toEqual([200, undefined]);
  });

  it('finds a model of the other type, where only that has the name', async () => {
    const answer = await sdcpp.anna.post('/models/load', { model_name: 'z_image_turbo-Q8_0.gguf' });
    expect(answer.body).toMatchObject({ model_type: 'diffusion' });
  });
});
