import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SD15, SDXL, startA1111, type A1111Server } from '../../support/a1111.js';

let a1111: A1111Server;

beforeAll(async () => {
  a1111 = await startA1111();
});

afterAll(() => a1111.close());

async function modelOf(name: 'anna' | 'berta'): Promise<unknown> {
  return (await a1111[name].get('options')).body['sd_model_checkpoint'];
}

describe('/sdapi/v1/options', () => {
  it('begin with the default model of the server', async () => {
    expect((await a1111.berta.get('options')).body).toMatchObject({
      sd_model_checkpoint: expect.stringContaining('tiny-emoji'),
      CLIP_stop_at_last_layers: 1,
      sd_vae: 'Automatic',
      samples_format: 'png',
    });
  });

  it('take the whole object back with another model, as Open WebUI does', async () => {
    const before = await modelOf('berta');
    const { body: options } = await a1111.anna.get('options');
    const changed = { ...options, sd_model_checkpoint: SD15, forge_preset: 'all', nonsense: [1] };
    expect(await a1111.anna.post('options', changed)).toMatchObject({ status: 200, body: {} });
    expect(await modelOf('anna')).toContain(SD15);
    expect(await modelOf('berta')).toBe(before);
    expect((await a1111.anna.get('options')).body).not.toHaveProperty('nonsense');
  });

  it('choose by title, name, and title with a hash that is out of date', async () => {
    for (const name of [SDXL, 'v1-5-pruned-emaonly', `${SDXL} [0123456789]`, SD15]) {
      expect((await a1111.anna.post('options', { sd_model_checkpoint: name })).status).toBe(200);
      expect(await modelOf('anna')).toContain(name.split(' ')[0]);
    }
  });

  it('keep what counts, for this user', async () => {
    const kept = { CLIP_stop_at_last_layers: 2, samples_format: 'webp', jpeg_quality: 95 };
    await a1111.anna.post('options', { ...kept, sd_vae: 'vae-ft-mse-840000-ema-pruned' });
    expect((await a1111.anna.get('options')).body).toMatchObject({
      ...kept,
      sd_vae: 'vae-ft-mse-840000-ema-pruned',
    });
    expect((await a1111.berta.get('options')).body).toMatchObject({ CLIP_stop_at_last_layers: 1 });
  });

  it('refuse what is not there, and then change nothing', async () => {
    const before = (await a1111.anna.get('options')).body;
    const refused: [object, number][] = [
      [{ sd_model_checkpoint: 'no-such-model' }, 404],
      [{ sd_vae: 'no-such-vae' }, 404],
      [{ CLIP_stop_at_last_layers: 99 }, 422],
      [{ sd_model_checkpoint: 7 }, 422],
      [[], 400],
    ];
    for (const [body, status] of refused)
      expect(await a1111.anna.post('options', body)).toMatchObject({ status });
    expect((await a1111.anna.get('options')).body).toEqual(before);
  });
});
