import { describe, expect, it } from 'vitest';
import { bearer, send } from '../../support/auth.js';
import { DownloadServer } from '../../support/download-server.js';
import { jobEnd } from '../../support/jobs.js';
import { weights } from '../../support/weight-files.js';

const at = new DownloadServer();

const NAME = 'hf:org/repo/photo-fp16.safetensors';

function ask(method: 'GET' | 'POST' | 'DELETE', path = '', body?: object) {
  return send(at.server.app, method, `/mold/api/downloads${path}`, bearer(at.token), body);
}

async function cancel(id: string) {
  return at.server.app.inject({
    method: 'DELETE',
    url: `/mold/api/downloads/${id}`,
    headers: bearer(at.token),
  });
}

async function publish(behaviour: object = {}): Promise<Buffer> {
  await at.boot({ ATELIER_HUB_ALLOW: '127.0.0.1' });
  const bytes = weights('sd1');
  at.hub.addToHuggingFace('org/repo', 'photo-fp16.safetensors', { bytes, ...behaviour });
  return bytes;
}

describe('/api/downloads', () => {
  it('starts a download and tells of it', async () => {
    const bytes = await publish({ holdAfter: 10 });
    const started = await ask('POST', '', { model: NAME });
    expect(started).toMatchObject({
      status: 200,
      body: { position: expect.any(Number) as number },
    });
    const id = String(started.body['id']);
    await at.hub.holding();
    const joined = await ask('POST', '', { model: NAME });
    expect(joined).toMatchObject({ status: 200, body: { id } });
    const during = await ask('GET');
    const entry = { id, model: NAME, files_total: 1, current_file: 'photo-fp16.safetensors' };
    expect(during.body).toMatchObject({
      active: { ...entry, status: 'active', bytes_total: bytes.length },
      active_jobs: [entry],
      queued: [],
      history: [],
    });
    at.hub.open();
    await jobEnd(at.server.app, at.token, id);
    const after = await ask('GET');
    expect(after.body).toMatchObject({
      active: null,
      history: [{ ...entry, status: 'completed', files_done: 1, bytes_done: bytes.length }],
    });
    const again = await ask('POST', '', { model: 'photo:fp16' });
    expect(again).toMatchObject({ status: 409, body: { code: 'MODEL_HERE' } });
  });

  it('cancels one', async () => {
    await publish({ holdAfter: 10 });
    const { body } = await ask('POST', '', { model: NAME });
    const id = String(body['id']);
    await at.hub.holding();
    expect((await cancel(id)).statusCode).toBe(204);
    const after = await ask('GET');
    expect(after.body).toMatchObject({ active: null, history: [{ id, status: 'cancelled' }] });
    expect((await cancel('0d9a3f52-6c1b-4f57-9d52-0a7f3c1b8e44')).statusCode).toBe(404);
  });

  it('says 400 where nobody knows where to get it', async () => {
    await publish();
    const reply = await ask('POST', '', { model: 'no-such-model:q8' });
    expect(reply).toMatchObject({ status: 400, body: { code: 'UNKNOWN_MODEL' } });
  });
});

describe('/api/downloads/stream', () => {
  it('tells all at once, and again when something has changed', async () => {
    await publish();
    await at.server.listen();
    const { port } = at.server.app.getHttpServer().address() as { port: number };
    const gone = new AbortController();
    const answer = await fetch(`http://127.0.0.1:${port}/mold/api/downloads/stream`, {
      headers: bearer(at.token),
      signal: gone.signal,
    });
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const readUntil = async (wanted: string): Promise<void> => {
      while (!text.includes(wanted)) text += (await reader.read()).value ?? '';
    };
    await readUntil('"history":[]');
    expect(text).toMatch(/^event: download\ndata: \{"type":"snapshot"/);
    await ask('POST', '', { model: NAME });
    await readUntil('"status":"completed"');
    gone.abort();
  });
});
