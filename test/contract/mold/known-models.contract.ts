import { describe, expect, it } from 'vitest';
import { send, bearer } from '../../support/auth.js';
import { DownloadServer } from '../../support/download-server.js';
import type { HubFile } from '../../support/hub.js';
import { eventsIn, type MoldEvent } from '../../support/mold.js';
import { gguf, safetensors, SAMPLES, type Tensors } from '../../support/weight-files.js';

const at = new DownloadServer();

const FLUX: Tensors = {
  'double_blocks.0.img_attn.qkv.weight': [96, 32],
  'single_blocks.0.linear1.weight': [64, 32],
  'img_in.weight': [32, 64],
};

const OTHER: Tensors = { 'some.weight': [8, 8] };

const WEIGHTS = 'flux1-schnell-Q8_0.gguf';

function whole({ start, size }: { start: Buffer; size: number }): Buffer {
  return Buffer.concat([start, Buffer.alloc(size - start.length)]);
}

/** The files of `flux-schnell:q8` on the hub, in the order in which they come. */
const FILES: readonly [repo: string, path: string, bytes: Buffer][] = [
  [
    'Comfy-Org/Lumina_Image_2.0_Repackaged',
    'split_files/vae/ae.safetensors',
    whole(safetensors(SAMPLES.fluxVae)),
  ],
  ['comfyanonymous/flux_text_encoders', 'clip_l.safetensors', whole(safetensors(OTHER))],
  ['comfyanonymous/flux_text_encoders', 't5xxl_fp16.safetensors', whole(safetensors(OTHER))],
  ['city96/FLUX.1-schnell-gguf', WEIGHTS, whole(gguf(FLUX, { type: 8 }))],
];

const NAMES = ['ae.safetensors', 'clip_l.safetensors', 't5xxl_fp16.safetensors', WEIGHTS];

async function publish(broken: Partial<Record<string, Partial<HubFile>>> = {}): Promise<void> {
  await at.boot({ ATELIER_HUB_ALLOW: '127.0.0.1' });
  for (const [repo, path, bytes] of FILES)
    at.hub.addToHuggingFace(repo, path, { bytes, ...broken[path] });
}

async function pull(model: string): Promise<MoldEvent[]> {
  const reply = await at.server.app.inject({
    method: 'POST',
    url: '/mold/api/models/pull',
    headers: { ...bearer(at.token), accept: 'text/event-stream' },
    payload: { model },
  });
  expect(reply.statusCode).toBe(200);
  return eventsIn(reply.body);
}

function ofType(events: MoldEvent[], type: string) {
  return events.map(({ data }) => data).filter((data) => data['type'] === type);
}

describe("a model of mold's own list", () => {
  it.each(['flux-schnell:q8', 'flux-schnell'])('comes with its parts as %s', async (name) => {
    await publish();
    const events = await pull(name);
    const total = FILES.reduce((sum, [, , bytes]) => sum + bytes.length, 0);
    expect(ofType(events, 'download_done').map((data) => data['filename'])).toEqual(NAMES);
    expect(ofType(events, 'download_progress')).toContainEqual({
      type: 'download_progress',
      filename: WEIGHTS,
      file_index: 4,
      total_files: 4,
      bytes_downloaded: FILES[3]![2].length,
      bytes_total: FILES[3]![2].length,
      batch_bytes_downloaded: total,
      batch_bytes_total: total,
      batch_elapsed_ms: expect.any(Number) as number,
    });
    expect(events.at(-1)!.data).toEqual({ type: 'pull_complete', model: name });
    expect((await at.files()).toSorted()).toEqual(NAMES.toSorted());
    expect(await pull(name)).toHaveLength(1);
  });

  it('is drawn with its parts', async () => {
    await publish();
    await pull('flux-schnell:q8');
    const request = { prompt: 'a robot', model: 'flux-schnell:q8', width: 64, height: 64 };
    const drawn = await at.server.app.inject({
      method: 'POST',
      url: '/mold/api/generate',
      headers: bearer(at.token),
      payload: request,
    });
    expect(drawn.statusCode).toBe(200);
    const history = '/api/queue/history?kind=text2img';
    const { body } = await send(at.server.app, 'GET', history, bearer(at.token));
    const [drawing] = body['jobs'] as { id: string }[];
    const path = `/api/queue/job/${drawing!.id}`;
    const job = await send(at.server.app, 'GET', path, bearer(at.token));
    expect(job.body['job']).toMatchObject({
      parameters: {
        options: {
          vae_path: 'ae.safetensors',
          clip_l_path: 'clip_l.safetensors',
          t5xxl_path: 't5xxl_fp16.safetensors',
        },
      },
    });
  });

  it('is not here while a part of it is missing, and only what is missing comes again', async () => {
    await publish({ 'clip_l.safetensors': { status: 403, headStatus: 200 } });
    expect((await pull('flux-schnell:q8')).at(-1)).toMatchObject({
      name: 'error',
      data: { message: expect.stringContaining('was not pulled') as string },
    });
    expect(await at.files()).toEqual(['ae.safetensors']);
    const [repo, path, bytes] = FILES[1]!;
    at.hub.addToHuggingFace(repo, path, { bytes });
    const again = await pull('flux-schnell:q8');
    expect(ofType(again, 'download_done').map((data) => data['filename'])).toEqual(NAMES.slice(1));
  });

  it('is refused as a whole where the hub does not have all of it', async () => {
    await at.boot({ ATELIER_HUB_ALLOW: '127.0.0.1' });
    for (const [repo, path, bytes] of FILES.slice(0, 3))
      at.hub.addToHuggingFace(repo, path, { bytes });
    const body = { model: 'flux-schnell:q8' };
    for (const path of ['models/pull', 'downloads']) {
      const url = `/mold/api/${path}`;
      const refused = await send(at.server.app, 'POST', url, bearer(at.token), body);
      expect(refused).toMatchObject({ status: 404, body: { code: 'HUB_NOT_FOUND' } });
    }
    expect(await at.files()).toEqual([]);
  });

  it('says that the hub is not to be reached', async () => {
    await at.boot({ ATELIER_HUGGINGFACE_URL: 'http://127.0.0.1:9' });
    const body = { model: 'flux-schnell:q8' };
    const url = '/mold/api/models/pull';
    const refused = await send(at.server.app, 'POST', url, bearer(at.token), body);
    expect(refused).toMatchObject({ status: 502, body: { code: 'HUB_UNAVAILABLE' } });
  });
});
