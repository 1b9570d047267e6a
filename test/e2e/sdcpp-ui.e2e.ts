import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, sharedServer } from '../support/server.js';
import { SdcppUi, type UiJob } from '../support/sdcpp-ui.js';
import type { SdcppFeed } from '../support/sdcpp-feed.js';
import { until } from '../support/until.js';

const server = sharedServer({ env: { ATELIER_LISTENERS: 'sdcpp:0' } });

let ui: SdcppUi;
let feed: SdcppFeed;

function listener(): string {
  const [, address = ''] = /Listening for sdcpp on (http:\/\/[^\s"]+)/.exec(server().log) ?? [];
  return address;
}

beforeAll(() => {
  ui = new SdcppUi(listener());
});

afterAll(() => {
  ui.disconnect();
});

const of =
  (id: unknown) =>
  (data: Record<string, unknown>): boolean =>
    data['job_id'] === id;

async function job(id: unknown): Promise<UiJob> {
  return ui.get<UiJob>(`/queue/${String(id)}`);
}

/** The body of the web UI's form for the embedded model, with the fields that it always sends. */
const FORM = {
  prompt: 'a red apple',
  negative_prompt: '',
  width: 128,
  height: 128,
  steps: 8,
  cfg_scale: 3,
  distilled_guidance: 3.5,
  eta: 0,
  shifted_timestep: 0,
  seed: 7,
  sampler: 'euler',
  scheduler: 'discrete',
  batch_count: 1,
  clip_skip: -1,
  slg_scale: 0,
  skip_layers: [7, 8, 9],
  slg_start: 0.01,
  slg_end: 0.2,
  custom_sigmas: [],
  ref_images: [],
  vae_tiling: false,
  vae_tile_size_x: 0,
  vae_tile_size_y: 0,
  vae_tile_overlap: 0.5,
  easycache: false,
  cache_mode: '',
  upscale: false,
  upscale_repeats: 1,
  upscale_auto_unload: true,
};

async function submitted(path: string, body: object): Promise<string> {
  const answer = await ui.call('POST', path, body);
  expect({ status: answer.status, error: answer.body['error'] }).toEqual({
    status: 202,
    error: undefined,
  });
  return String(answer.body['job_id']);
}

describe('the web UI of sdcpp-restapi, call by call in its own order', () => {
  it('is sent to sign in, and signs in with a cookie', async () => {
    const page = await ui.fetch('/login?redirect=/ui/', { headers: { accept: 'text/html' } });
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    expect((await ui.call('GET', '/queue')).status).toBe(401);
    expect((await ui.signIn('admin', 'wrong')).body).toMatchObject({
      error: 'invalid_credentials',
    });
    const { status, body } = await ui.signIn('admin', PASSWORD);
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { token_type: 'Bearer', username: 'admin' },
    });
  });

  it('starts: health, then five reads at once, then the socket', async () => {
    const started = await ui.start();
    feed = started.feed;
    expect(started.health).toMatchObject({ status: 'ok', username: 'admin', ws_enabled: true });
    await feed.until('server_status');
    await feed.until('pong');
  });

  it('chooses a model and loads it, and hears of it', async () => {
    const models = await ui.get<Record<string, { name: string; type: string }[]>>('/models');
    const drawing = [...(models['diffusion_models'] ?? []), ...(models['checkpoints'] ?? [])];
    const tiny = drawing.find(({ name }) => name.includes('tiny-emoji'));
    if (!tiny) throw new Error(`No embedded model among ${JSON.stringify(drawing)}`);
    await ui.get('/architectures');
    const model = encodeURIComponent(tiny.name);
    expect(await ui.get(`/architectures/detect?model=${model}`)).toMatchObject({ detected: true });
    const { status, body } = await ui.call('POST', '/models/load?wait=false', {
      model_name: tiny.name,
      model_type: tiny.type,
    });
    expect({ status, body }).toMatchObject({ status: 202, body: { success: true } });
    await feed.until('model_loaded', undefined, 60_000);
    expect(await ui.get('/health')).toMatchObject({ model_loaded: true, model_name: tiny.name });
  });

  it('draws with a live preview, and shows the picture', async () => {
    await ui.call('PUT', '/preview/settings', { enabled: true, mode: 'proj', interval: 1 });
    const id = await submitted('/txt2img', { ...FORM, title: 'an apple' });
    await feed.until('job_added', of(id));
    expect((await ui.get<{ items: UiJob[] }>('/queue')).items[0]).toMatchObject({ job_id: id });
    const preview = await feed.until('job_preview', of(id), 60_000);
    expect(preview.data).toMatchObject({ preview_url: expect.stringContaining(id) as string });
    await feed.until('job_progress', (data) => of(id)(data) && Number(data['step']) > 0);
    const done = await feed.until(
      'job_status_changed',
      (data) => of(id)(data) && data['status'] === 'completed',
      60_000,
    );
    const [output = ''] = done.data['outputs'] as string[];
    const picture = await ui.fetch(`/output/${output}`);
    expect(picture.headers.get('content-type')).toBe('image/png');
    const thumb = await ui.fetch(`/thumb/${output}`);
    expect(thumb.headers.get('content-type')).toBe('image/jpeg');
    expect(await job(id)).toMatchObject({
      status: 'completed',
      title: 'an apple',
      type: 'txt2img',
    });
  });

  it('restarts a job with the params that it was told', async () => {
    const { items } = await ui.get<{ items: UiJob[] }>('/queue?status=completed&limit=1');
    const [first] = items;
    const id = await submitted('/txt2img', { ...first?.params, seed: 8 });
    const { data } = await feed.until(
      'job_status_changed',
      (data) => of(id)(data) && data['status'] === 'completed',
      60_000,
    );
    expect(data['outputs']).toHaveLength(1);
  });

  it('takes a picture of before as input', async () => {
    const { items } = await ui.get<{ items: UiJob[] }>('/queue?status=completed&limit=1');
    const picture = await ui.fetch(`/output/${items[0]?.outputs[0] ?? ''}`);
    const init = Buffer.from(await picture.arrayBuffer()).toString('base64');
    const id = await submitted('/img2img', {
      ...FORM,
      prompt: 'a green apple',
      init_image_base64: init,
      strength: 0.75,
    });
    await feed.until(
      'job_status_changed',
      (data) => of(id)(data) && data['status'] === 'completed',
      60_000,
    );
    expect((await ui.fetch(`/output/${id}/source.png`)).status).toBe(200);
  });

  it('looks through the queue by days, and cancels what waits', async () => {
    const running = await submitted('/txt2img', { ...FORM, steps: 150 });
    const waiting = await submitted('/txt2img', { ...FORM, steps: 150 });
    const { status, body } = await ui.call('DELETE', `/queue/${waiting}`);
    expect({ status, body }).toMatchObject({ status: 200, body: { success: true } });
    await feed.until('job_cancelled', of(waiting));
    await ui.call('DELETE', `/queue/${running}`);
    await feed.until('job_cancelled', of(running), 60_000);
    const days = await ui.get<{ groups: { count: number; items: UiJob[] }[] }>(
      '/queue?group_by=date&limit=20&page=1',
    );
    expect(days.groups[0]?.items.map(({ status: one }) => one)).toContain('cancelled');
    const search = await ui.get<{ items: UiJob[] }>('/queue?search=apple&type=img2img&limit=20');
    expect(search.items.every(({ type }) => type === 'img2img')).toBe(true);
    expect(search.items.length).toBeGreaterThan(0);
  });

  it('throws jobs away, and takes one back out of the bin', async () => {
    const { items } = await ui.get<{ items: UiJob[] }>('/queue?status=cancelled&limit=2');
    const ids = items.map(({ job_id: id }) => id);
    expect((await ui.call('DELETE', '/queue/jobs', { job_ids: ids })).body).toMatchObject({
      success: true,
      deleted: 2,
    });
    const bin = await ui.get<{ items: UiJob[]; count: number }>('/queue/recycle-bin');
    expect(bin.items.map(({ job_id: id }) => id).toSorted()).toEqual(ids.toSorted());
    const [first = ''] = ids;
    expect((await ui.call('POST', `/queue/${first}/restore`)).body).toMatchObject({
      success: true,
    });
    expect((await ui.call('DELETE', '/queue/recycle-bin')).body).toMatchObject({ purged: 1 });
    expect((await job(first)).status).toBe('cancelled');
  });

  it('opens the browser of outputs', async () => {
    const page = await ui.fetch('/output?sort=date&order=desc', {
      headers: { accept: 'text/html' },
    });
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    const { items } = await ui.get<{ items: UiJob[] }>('/queue?status=completed&limit=1');
    expect(await page.text()).toContain(items[0]?.job_id);
  });

  it('converts a model', async () => {
    const models = await ui.get<Record<string, { name: string; type: string }[]>>('/models');
    const tiny = [...(models['diffusion_models'] ?? []), ...(models['checkpoints'] ?? [])].find(
      ({ name }) => name.includes('tiny-emoji'),
    );
    const { quantization_types: types } = await ui.get<{ quantization_types: { id: string }[] }>(
      '/options',
    );
    expect(types.map(({ id }) => id)).toContain('q4_0');
    const id = await submitted('/convert', {
      input_path: tiny?.name,
      model_type: tiny?.type,
      output_type: 'q4_0',
      output_path: 'smaller.gguf',
    });
    await feed.until(
      'job_status_changed',
      (data) => of(id)(data) && ['completed', 'failed'].includes(String(data['status'])),
      60_000,
    );
    expect(await job(id)).toMatchObject({ status: 'completed', type: 'convert' });
    await ui.call('POST', '/models/refresh', {});
    const after = await ui.get('/models?search=smaller');
    expect(JSON.stringify(after)).toContain('smaller.gguf');
  });

  it('keeps what its user prefers', async () => {
    const preferences = { desktop_notifications: true, theme: 'nord', theme_custom: null };
    const { body } = await ui.call('PUT', '/settings/preferences', preferences);
    expect(body).toMatchObject({ success: true, settings: preferences });
    await ui.call('PUT', '/settings/generation/txt2img', { steps: 8 });
    expect(await ui.get('/settings/generation')).toMatchObject({ txt2img: { steps: 8 } });
    expect(await ui.get('/memory')).toMatchObject({
      system: { total_bytes: expect.any(Number) as number },
    });
  });

  it('asks every two seconds while the socket is lost, and finds it again', async () => {
    ui.disconnect();
    await feed.closed;
    await Promise.all([ui.get('/health'), ui.get('/queue')]);
    const id = await submitted('/txt2img', { ...FORM, seed: 9 });
    feed = await ui.connect();
    await feed.until('server_status');
    const drawn = await until('the job that was drawn meanwhile', 60_000, async () => {
      const now = await job(id);
      return now.status === 'completed' ? now : undefined;
    });
    expect(drawn.outputs).toHaveLength(1);
  });

  it('signs out, and is nobody again', async () => {
    expect((await ui.signOut()).body).toMatchObject({ success: true });
    expect((await feed.closed).code).toBe(4401);
    expect((await ui.call('GET', '/queue')).status).toBe(401);
  });
});
