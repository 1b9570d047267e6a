import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { bearer, errorOf, send } from '../support/auth.js';
import { DownloadServer } from '../support/download-server.js';
import { sha256Of, StandInHub } from '../support/hub.js';
import { cancel, jobEnd, jobOf, jobWhen } from '../support/jobs.js';
import { until } from '../support/until.js';
import { weights } from '../support/weight-files.js';

const at = new DownloadServer();

describe('a download from an address', () => {
  it('is refused where nobody answers, which is no fault of ours', async () => {
    const gone = await StandInHub.start();
    const { url } = gone;
    await gone.stop();
    await at.boot({ ATELIER_HUB_ALLOW: '127.0.0.1' });
    const reply = await at.ask({ url: `${url}/a.safetensors` });
    expect(reply.status).toBe(422);
    expect(errorOf(reply)).toMatchObject({ code: 'ADDRESS_UNREACHABLE' });
  });
});

describe('a download from Civitai', () => {
  const sample = {
    modelId: 123,
    versionId: 456,
    name: 'A LoRA',
    type: 'LORA',
    file: 'a.safetensors',
  };

  it('ends with a model that is known, with its hash', async () => {
    await at.boot();
    const bytes = weights();
    at.hub.addToCivitai({ ...sample, bytes });
    const { status, body } = await at.models.send('POST', '/download', { model_id: '123' });
    expect(status).toBe(202);
    expect(body).toMatchObject({
      source: 'civitai',
      model_type: 'lora',
      filename: 'a.safetensors',
      size: bytes.length,
      sha256: sha256Of(bytes),
      joined: false,
    });
    const download = await jobEnd(at.server.app, at.token, body['download_job_id'] as string);
    expect(download).toMatchObject({ status: 'completed', kind: 'download', lane: 'files' });
    expect(await readFile(at.onDisk('loras/a.safetensors'))).toEqual(bytes);
    expect(await at.models.model('a')).toMatchObject({ type: 'lora', sha256: sha256Of(bytes) });
    const hash = await jobEnd(at.server.app, at.token, body['hash_job_id'] as string);
    expect(hash).toMatchObject({ status: 'completed', kind: 'hash' });
    expect(await at.files()).toEqual(['a.safetensors']);
  });

  it('takes the version that is meant, and its page as an address', async () => {
    await at.boot();
    at.hub.addToCivitai({ ...sample, bytes: weights() });
    const page = `${at.hub.url}/models/123/a-lora?modelVersionId=456`;
    expect(await at.outcome({ url: page, save_as: 'b.safetensors' })).toMatchObject({
      status: 'completed',
    });
    const info = await at.models.send('GET', '/hub/civitai/123:456');
    expect(info.body).toMatchObject({
      model_id: 123,
      version_id: 456,
      name: 'A LoRA',
      version_name: 'v1.0',
      type: 'lora',
      base_model: 'SDXL 1.0',
      filename: 'a.safetensors',
    });
    const wrong = await at.models.send('GET', '/hub/civitai/124:456');
    expect(errorOf(wrong)).toMatchObject({ code: 'VALIDATION_ERROR' });
  });

  it('sends the token to Civitai, and to nobody else', async () => {
    const elsewhere = await StandInHub.start('127.0.0.2');
    await at.boot({ ATELIER_HUB_ALLOW: '127.0.0.2' });
    const bytes = weights();
    elsewhere.addFile('/bucket/a', { bytes });
    at.hub.addToCivitai({ ...sample, bytes });
    at.hub.redirects.set('/api/download/models/456', `${elsewhere.url}/bucket/a?signature=s`);
    expect(await at.outcome({ model_id: '123' })).toMatchObject({ status: 'completed' });
    expect(at.hub.requests.map(({ authorization }) => authorization)).toEqual([
      'Bearer the-token-of-civitai',
      'Bearer the-token-of-civitai',
    ]);
    expect(elsewhere.requests.map(({ authorization }) => authorization)).toEqual([undefined]);
    await elsewhere.stop();
  });

  it('is refused where Civitai has found something bad, or has no weights', async () => {
    await at.boot();
    at.hub.addToCivitai({ ...sample, bytes: weights(), scan: 'Danger' });
    expect(errorOf(await at.ask({ model_id: '123' }))).toMatchObject({ code: 'FILE_NOT_ACCEPTED' });
    at.hub.addToCivitai({ ...sample, bytes: weights(), file: 'a.zip' });
    expect(errorOf(await at.ask({ model_id: '123' }))).toMatchObject({ code: 'FILE_NOT_ACCEPTED' });
  });

  it.each([
    ['has none', 404, 404, 'HUB_NOT_FOUND'],
    ['wants an account', 401, 403, 'HUB_REFUSED'],
    ['has enough of us', 429, 503, 'HUB_BUSY'],
    ['is out of order', 500, 502, 'HUB_UNAVAILABLE'],
    ['answers with a page', 200, 502, 'HUB_UNAVAILABLE'],
  ])('says so when Civitai %s', async (_, theirs, ours, code) => {
    await at.boot();
    at.hub.faults.set('/api/v1/', { status: theirs, body: '<html></html>' });
    for (const reply of [
      await at.models.send('GET', '/hub/civitai/9'),
      await at.ask({ model_id: '9' }),
    ]) {
      expect(reply.status).toBe(ours);
      expect(errorOf(reply)).toMatchObject({ code });
      expect(JSON.stringify(reply.body)).not.toContain('the-token');
      const namesSetting = errorOf(reply).message.includes('ATELIER_CIVITAI_TOKEN');
      expect(namesSetting).toBe(code === 'HUB_REFUSED');
    }
  });

  it('says so when Civitai is not there', async () => {
    const gone = await StandInHub.start();
    const { url } = gone;
    await gone.stop();
    await at.boot({ ATELIER_CIVITAI_URL: url });
    const reply = await at.models.send('GET', '/hub/civitai/9');
    expect(reply.status).toBe(502);
    expect(errorOf(reply)).toMatchObject({ code: 'HUB_UNAVAILABLE' });
  });
});

describe('a download from Hugging Face', () => {
  it('follows to where large files lie, and checks what came', async () => {
    await at.boot({ ATELIER_HUGGINGFACE_TOKEN: 'hf_secret' });
    const bytes = weights('vae');
    at.hub.addToHuggingFace('owner/repo', 'vae/soft.safetensors', { bytes });
    const wanted = { repo_id: 'owner/repo', filename: 'vae/soft.safetensors' };
    const info = await at.models.send(
      'GET',
      `/hub/huggingface?${new URLSearchParams(wanted).toString()}`,
    );
    expect(info.body).toEqual({
      ...wanted,
      revision: 'main',
      commit: '462165984030d82259a11f4367a4eed129e94a7b',
      file_size: bytes.length,
      sha256: sha256Of(bytes),
      download_url: `${at.hub.url}/owner/repo/resolve/main/vae/soft.safetensors`,
    });
    expect(await at.outcome({ ...wanted, model_type: 'vae', subfolder: 'old' })).toEqual({
      status: 'completed',
    });
    expect(await readFile(at.onDisk('vae/old/soft.safetensors'))).toEqual(bytes);
  });

  it('says what is missing', async () => {
    await at.boot();
    at.hub.addToHuggingFace('owner/repo', 'a.safetensors', { bytes: weights() });
    const ofFile = (repo_id: string, filename: string, revision = 'main') =>
      at.models.send(
        'GET',
        `/hub/huggingface?${new URLSearchParams({ repo_id, filename, revision }).toString()}`,
      );
    expect(errorOf(await ofFile('owner/repo', 'b.safetensors'))).toMatchObject({
      code: 'HUB_NOT_FOUND',
      message: '"owner/repo" on Hugging Face has no file "b.safetensors".',
    });
    expect(errorOf(await ofFile('owner/other', 'b.safetensors'))).toMatchObject({
      code: 'HUB_NOT_FOUND',
      message: expect.stringContaining('no repository "owner/other"'),
    });
    for (const [repo, file, revision] of [
      ['../api', 'a.gguf', 'main'],
      ['owner/repo', '../../etc/a.gguf', 'main'],
      ['owner/repo', 'a.gguf', '../..'],
      ['owner/repo/x', 'a.gguf', 'main'],
    ] as const)
      expect((await ofFile(repo, file, revision)).status).toBe(400);
  });
});

describe('a download under way', () => {
  it('is joined by who asks for the same, and tells how far it is', async () => {
    await at.boot();
    const bytes = weights();
    const url = at.hub.addFile('/files/a.safetensors', { bytes, holdAfter: 6000 });
    const first = await at.ask({ url });
    await at.hub.holding();
    const second = await at.ask({ url });
    expect(second.body).toMatchObject({
      download_job_id: first.body['download_job_id'],
      hash_job_id: first.body['hash_job_id'],
      joined: true,
    });
    const id = first.body['download_job_id'] as string;
    const job = await jobWhen(
      at.server.app,
      at.token,
      id,
      ({ current_step }) => current_step === 6000,
    );
    expect(job).toMatchObject({ phase: 'downloading', total_steps: bytes.length });
    expect(job.progress).toBeCloseTo(6000 / bytes.length);
    at.hub.open();
    expect(await jobEnd(at.server.app, at.token, id)).toMatchObject({ status: 'completed' });
    expect(at.hub.gets('/files/a.safetensors')).toHaveLength(1);
  });

  it('is cancelled at once, and leaves nothing; what waits for it is not done', async () => {
    await at.boot();
    const url = at.hub.addFile('/files/a.safetensors', { bytes: weights(), holdAfter: 6000 });
    const { body } = await at.ask({ url });
    const id = body['download_job_id'] as string;
    await at.hub.holding();
    await until('its bytes are on the disk', 10_000, async () => (await at.files()).length > 0);
    expect((await cancel(at.server.app, at.token, id)).status).toBe(200);
    expect(await jobOf(at.server.app, at.token, id)).toMatchObject({ status: 'cancelled' });
    expect(await at.files()).toEqual([]);
    expect(await at.states()).toEqual([]);
    const hash = await jobEnd(at.server.app, at.token, body['hash_job_id'] as string);
    expect(hash.status).not.toBe('completed');
  });
});

it('is in the audit log', async () => {
  await at.boot();
  const url = at.hub.addFile('/files/a.safetensors', { bytes: weights() });
  await at.outcome({ url: `${url}?token=very-secret` });
  const { body } = await send(
    at.server.app,
    'GET',
    '/api/audit?action=model.requested',
    bearer(at.token),
  );
  expect(body['entries']).toMatchObject([
    { action: 'model.requested', actor: { username: 'admin' }, target: { name: 'a.safetensors' } },
  ]);
  expect(JSON.stringify(body)).not.toContain('very-secret');
});
