import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSdcpp, type SdcppServer } from '../../support/sdcpp.js';

let sdcpp: SdcppServer;

beforeAll(async () => {
  sdcpp = await startSdcpp();
});

afterAll(() => sdcpp.close());

describe('POST /models/unload', () => {
  it('answers as documented, with or without a body or a model', async () => {
    for (const body of [undefined, {}]) {
      const answer = await sdcpp.anna.send('POST', '/models/unload', body);
      expect(answer).toMatchObject({
        status: 200,
        body: { success: true, message: 'Model unloaded' },
      });
    }
    expect((await sdcpp.anna.get('/health')).body).toMatchObject({
      model_loaded: false,
      model_name: null,
      loaded_components: {},
    });
  });
});

describe('/controlnet', () => {
  const NAME = 'control_v11p_sd15_canny.safetensors';

  it('is loaded and unloaded with the model that is there', async () => {
    await sdcpp.anna.post('/models/load', { model_name: 'v1-5-pruned-emaonly.safetensors' });
    expect((await sdcpp.anna.get('/controlnet/status')).body).toEqual({
      loaded: false,
      name: null,
    });
    expect(await sdcpp.anna.post('/controlnet/load', { controlnet: NAME })).toMatchObject({
      status: 200,
      body: { success: true },
    });
    expect((await sdcpp.anna.get('/controlnet/status')).body).toEqual({ loaded: true, name: NAME });
    expect(sdcpp.engine.loads.at(-1)?.files.controlNet).toContain(NAME);
    expect((await sdcpp.anna.post('/controlnet/unload')).body).toMatchObject({ success: true });
    expect((await sdcpp.anna.get('/controlnet/status')).body).toEqual({
      loaded: false,
      name: null,
    });
  });

  it('needs a model', async () => {
    await sdcpp.anna.post('/models/unload');
    expect(await sdcpp.anna.post('/controlnet/load', { controlnet: NAME })).toMatchObject({
      status: 409,
      body: { error: 'No model loaded' },
    });
    expect((await sdcpp.anna.post('/controlnet/load', {})).status).toBe(400);
  });
});
