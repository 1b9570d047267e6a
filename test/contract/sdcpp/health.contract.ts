import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeEngine } from '../../../src/engine/index.js';
import { startSdcpp, type SdcppServer } from '../../support/sdcpp.js';
import { until } from '../../support/until.js';

const NOTHING = {
  status: 'ok',
  model_loaded: false,
  model_loading: false,
  loading_model_name: null,
  last_error: null,
  model_name: null,
  model_type: null,
  model_architecture: null,
  loaded_components: {},
};

const Z_IMAGE = {
  model_name: 'z_image_turbo-Q8_0.gguf',
  model_type: 'diffusion',
  vae: 'ae_q8_0.gguf',
  llm: 'qwen_3_4b.Q8_0.gguf',
};

const FLUX = 'flux1-dev-Q4_K_S.gguf';

describe('GET /health', () => {
  let sdcpp: SdcppServer;

  beforeAll(async () => {
    sdcpp = await startSdcpp();
  });

  afterAll(() => sdcpp.close());

  it('tells the model and its parts as documented', async () => {
    await sdcpp.anna.post('/models/load', Z_IMAGE);
    const { status, body } = await sdcpp.anna.get('/health');
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        status: 'ok',
        model_loaded: true,
        model_loading: false,
        loading_model_name: null,
        last_error: null,
        model_name: 'z_image_turbo-Q8_0.gguf',
        model_type: 'diffusion',
        model_architecture: 'Z-Image',
        loaded_components: {
          vae: 'ae_q8_0.gguf',
          clip_l: null,
          clip_g: null,
          t5xxl: null,
          controlnet: null,
          llm: 'qwen_3_4b.Q8_0.gguf',
          llm_vision: null,
        },
        upscaler_loaded: expect.any(Boolean) as boolean,
      },
    });
  });

  it('has what the web UI reads besides', async () => {
    const { body } = await sdcpp.anna.get('/health');
    expect(body).toMatchObject({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
      git_commit: expect.any(String) as string,
      loading_step: null,
      loading_total_steps: null,
      load_options: {},
      loaded_components: { ip_adapter: null },
      ws_enabled: true,
      username: 'anna',
      features: { auth_required: true, experimental_offload: false },
    });
  });

  it('tells a stranger that the server is there, and nothing of anybody', async () => {
    await sdcpp.anna.post('/models/load', Z_IMAGE);
    const { status, body } = await sdcpp.stranger.get('/health');
    expect(status).toBe(200);
    expect(body).toMatchObject({ ...NOTHING, username: null, upscaler_loaded: false });
  });

  it('tells each user of their own model', async () => {
    await sdcpp.anna.post('/models/load', Z_IMAGE);
    await sdcpp.berta.post('/models/unload');
    expect((await sdcpp.anna.get('/health')).body).toMatchObject({ model_loaded: true });
    expect((await sdcpp.berta.get('/health')).body).toMatchObject(NOTHING);
  });

  it('counts the server’s default model as loaded for who has loaded none', async () => {
    const { body } = await sdcpp.admin.get('/health');
    expect(body).toMatchObject({
      model_loaded: true,
      model_name: 'tiny-emoji',
      model_type: 'diffusion',
      model_architecture: 'Z-Image',
      loaded_components: { llm: 'tiny-emoji.llm.gguf', vae: null },
    });
  });
});

describe('GET /health while a model is being loaded', () => {
  it('says which one, as documented', async () => {
    const { engine, open } = FakeEngine.loadingWaits();
    const sdcpp = await startSdcpp(engine);
    try {
      await sdcpp.anna.post('/models/load?wait=false', {
        model_name: FLUX,
        model_type: 'diffusion',
      });
      expect((await sdcpp.anna.get('/health')).body).toMatchObject({
        ...NOTHING,
        model_loading: true,
        loading_model_name: FLUX,
      });
      const { body: models } = await sdcpp.anna.get('/models');
      expect(models['loaded_model']).toBeNull();
      const second = await sdcpp.anna.post('/models/load', Z_IMAGE);
      expect(second).toMatchObject({ status: 409, body: { loaded_model: FLUX } });
      const impatient = await sdcpp.berta.post('/models/load?timeout=1', Z_IMAGE);
      expect(impatient).toMatchObject({ status: 504, body: { code: 'LOAD_TIMEOUT' } });
      open();
      await until('the model is loaded', 20_000, async () => {
        const { body } = await sdcpp.anna.get('/health');
        return body['model_name'] === FLUX && body['model_loading'] === false;
      });
    } finally {
      open();
      await sdcpp.close();
    }
  });

  it('no longer does when it is unloaded', async () => {
    const { engine, open } = FakeEngine.loadingWaits();
    const sdcpp = await startSdcpp(engine);
    try {
      const waiting = sdcpp.anna.post('/models/load', { model_name: FLUX });
      await until('loading', 20_000, async () => {
        return (await sdcpp.anna.get('/health')).body['model_loading'] === true;
      });
      await sdcpp.anna.post('/models/unload');
      expect(await waiting).toMatchObject({ status: 409, body: { code: 'LOAD_CANCELLED' } });
      expect((await sdcpp.anna.get('/health')).body).toMatchObject(NOTHING);
    } finally {
      open();
      await sdcpp.close();
    }
  });
});

describe('GET /health after a model could not be loaded', () => {
  it('says why, to who wanted it', async () => {
    const sdcpp = await startSdcpp(FakeEngine.loadingFails('the file is damaged'));
    try {
      const answer = await sdcpp.anna.post('/models/load', { model_name: FLUX });
      expect(answer).toMatchObject({
        status: 500,
        body: {
          success: false,
          status: 'failed',
          error: expect.stringContaining('the file is damaged') as string,
        },
      });
      expect((await sdcpp.anna.get('/health')).body).toMatchObject({
        ...NOTHING,
        last_error: expect.stringContaining(FLUX) as string,
      });
      expect((await sdcpp.berta.get('/health')).body).toMatchObject({ last_error: null });
      const refused = await sdcpp.anna.post('/txt2img', { prompt: 'a cat' });
      expect(refused).toMatchObject({
        status: 400,
        body: { error: expect.stringMatching(/^No model loaded: .*damaged/) as string },
      });
    } finally {
      await sdcpp.close();
    }
  });
});
