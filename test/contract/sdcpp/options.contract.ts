import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSdcpp, type SdcppServer } from '../../support/sdcpp.js';

let sdcpp: SdcppServer;

beforeAll(async () => {
  sdcpp = await startSdcpp();
});

afterAll(() => sdcpp.close());

describe('GET /architectures', () => {
  it('has presets that both the web UI and readers of the document understand', async () => {
    await sdcpp.anna.post('/models/load', { model_name: 'sd_xl_base_1.0.safetensors' });
    const { body } = await sdcpp.anna.get('/architectures');
    const presets = body['architectures'] as Record<string, Record<string, unknown>>;
    expect(Object.keys(presets)).toEqual(expect.arrayContaining(['SD1', 'SDXL', 'Flux']));
    for (const [id, preset] of Object.entries(presets)) {
      expect(preset).toMatchObject({
        id,
        name: preset['display_name'],
        description: expect.any(String) as string,
        aliases: expect.any(Array) as string[],
        loadOptions: expect.any(Object) as object,
        generationDefaults: { width: expect.any(Number) as number },
        match: { architecture: expect.any(String) as string },
      });
    }
    expect(presets['Flux']).toMatchObject({
      requiredComponents: { vae: expect.any(String) as string, clip_l: 'CLIP-L text encoder' },
      generationDefaults: { width: 1024, height: 1024, steps: 20, cfg_scale: 1.0 },
    });
    expect(body).toMatchObject({ current_architecture: 'SDXL', current_preset: { id: 'SDXL' } });
  });

  it('lists the parts by name where that is asked for, as documented', async () => {
    const { body } = await sdcpp.anna.get('/architectures?components=list');
    const { Flux: flux } = body['architectures'] as Record<string, Record<string, unknown>>;
    expect(flux!['requiredComponents']).toEqual(['vae', 'clip_l', 't5xxl']);
    expect((await sdcpp.anna.get('/architectures?components=no')).status).toBe(400);
  });

  it('has what the very model recommends, and nothing for who has none', async () => {
    const { body } = await sdcpp.admin.get('/architectures');
    expect(body).toMatchObject({
      current_architecture: 'Z-Image',
      current_preset: { generationDefaults: { width: 128, height: 128, steps: 8, cfg_scale: 3 } },
    });
    await sdcpp.berta.post('/models/unload');
    expect((await sdcpp.berta.get('/architectures')).body).toMatchObject({
      current_architecture: null,
      current_preset: null,
    });
  });

  it.each([
    ['flux1-schnell-Q8_0.gguf', 'Flux Schnell'],
    ['flux1-dev-Q4_K_S.gguf', 'Flux'],
    ['SD1x/realisticStockPhoto_v30SD15.safetensors', 'SD1'],
    ['wan2.1-t2v-14b-Q8_0.gguf', 'Wan'],
    ['flux-2-klein-4b-not-here.gguf', 'Flux2 Klein'],
  ])('/detect knows %s', async (model, id) => {
    const { body } = await sdcpp.anna.get(
      `/architectures/detect?model=${encodeURIComponent(model)}`,
    );
    expect(body).toMatchObject({ detected: true, architecture: { id } });
  });

  it('/detect says where it does not', async () => {
    const { body } = await sdcpp.anna.get('/architectures/detect?model=nobody-knows.gguf');
    expect(body).toEqual({ detected: false, architecture: null });
    expect((await sdcpp.anna.get('/architectures/detect')).status).toBe(400);
  });
});

describe('GET /options', () => {
  it('has every name of the document', async () => {
    const { body } = await sdcpp.anna.get<Record<string, unknown[]>>('/options');
    expect(body['samplers']).toEqual(
      expect.arrayContaining([
        'euler',
        'euler_a',
        'heun',
        'dpm2',
        'dpm++2s_a',
        'dpm++2m',
        'dpm++2mv2',
        'ipndm',
        'ipndm_v',
        'lcm',
        'ddim_trailing',
        'tcd',
      ]),
    );
    expect(body['schedulers']).toEqual(
      expect.arrayContaining([
        'discrete',
        'karras',
        'exponential',
        'ays',
        'gits',
        'sgm_uniform',
        'simple',
        'smoothstep',
        'lcm',
      ]),
    );
    expect(body['quantization_types']).toEqual(
      expect.arrayContaining([
        { id: 'f32', name: 'F32 (32-bit float)', bits: 32 },
        { id: 'f16', name: 'F16 (16-bit float)', bits: 16 },
        { id: 'bf16', name: 'BF16 (Brain float 16)', bits: 16 },
        { id: 'q8_0', name: 'Q8_0 (8-bit)', bits: 8 },
        { id: 'q5_0', name: 'Q5_0 (5-bit)', bits: 5 },
        { id: 'q5_1', name: 'Q5_1 (5-bit)', bits: 5 },
        { id: 'q4_0', name: 'Q4_0 (4-bit)', bits: 4 },
        { id: 'q4_1', name: 'Q4_1 (4-bit)', bits: 4 },
        { id: 'q4_k', name: 'Q4_K (4-bit K-quant)', bits: 4 },
        { id: 'q5_k', name: 'Q5_K (5-bit K-quant)', bits: 5 },
        { id: 'q6_k', name: 'Q6_K (6-bit K-quant)', bits: 6 },
        { id: 'q8_k', name: 'Q8_K (8-bit K-quant)', bits: 8 },
        { id: 'q3_k', name: 'Q3_K (3-bit K-quant)', bits: 3 },
        { id: 'q2_k', name: 'Q2_K (2-bit K-quant)', bits: 2 },
      ]),
    );
  });

  it.each(['descriptions', 'generation'])('/%s explains every field', async (path) => {
    const { body } = await sdcpp.anna.get(`/options/${path}`);
    const options = body['options'] as Record<string, { type: string }>;
    const categories = body['categories'] as Record<string, { options: string[] }>;
    const grouped = Object.values(categories).flatMap((category) => category.options);
    expect(grouped.toSorted()).toEqual(Object.keys(options).toSorted());
    expect(options).toMatchObject(
      path === 'generation'
        ? {
            sampler: { type: 'select', default: 'euler_a', values: { euler: 'euler' } },
            steps: { type: 'number', default: 20, applies_to: ['txt2img', 'img2img', 'txt2vid'] },
            image_base64: { applies_to: ['upscale'] },
          }
        : {
            flash_attn: { type: 'boolean', default: true },
            weight_type: { type: 'select', default: '' },
            n_threads: { type: 'number', default: -1 },
          },
    );
  });
});
