import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bearer, send, type Reply } from '../../support/auth.js';
import { DownloadServer } from '../../support/download-server.js';
import { formOf } from '../../support/form.js';
import { sha256Of } from '../../support/hub.js';
import { jobEnd } from '../../support/jobs.js';
import { weights } from '../../support/weight-files.js';

const at = new DownloadServer();

const UUID = /^[\da-f-]{36}$/;

function ask(method: 'GET' | 'POST', path: string, body?: object): Promise<Reply> {
  return send(at.server.app, method, `/sdcpp${path}`, bearer(at.token), body);
}

async function put(name: string): Promise<Buffer> {
  const bytes = weights();
  await mkdir(join(at.onDisk(name), '..'), { recursive: true });
  await writeFile(at.onDisk(name), bytes);
  return bytes;
}

/** The documented body, for a model that the hub has. */
const WANTED = {
  model_type: 'checkpoint',
  source: 'civitai',
  model_id: '123456',
  subfolder: 'anime',
};

describe('POST /models/download', () => {
  it('answers as documented, and the model is there with its hash', async () => {
    await at.boot();
    const bytes = weights();
    at.hub.addToCivitai({
      modelId: 123456,
      versionId: 789012,
      name: 'Model Name',
      file: 'model.safetensors',
      bytes,
    });
    const { status, body } = await ask('POST', '/models/download', WANTED);
    expect({ status, body }).toEqual({
      status: 202,
      body: {
        success: true,
        download_job_id: expect.stringMatching(UUID) as string,
        hash_job_id: expect.stringMatching(UUID) as string,
        source: 'civitai',
        model_type: 'checkpoint',
        position: expect.any(Number) as number,
      },
    });
    for (const id of [body['download_job_id'], body['hash_job_id']]) {
      const job = await jobEnd(at.server.app, at.token, String(id));
      expect(job.status).toBe('completed');
    }
    expect(await readFile(at.onDisk('checkpoints/anime/model.safetensors'))).toEqual(bytes);
    const hash = await ask('GET', '/models/hash/checkpoint/anime%2Fmodel.safetensors');
    expect(hash.body).toMatchObject({ hash: sha256Of(bytes) });
  });

  it.each([
    ['an address', () => ({ url: at.hub.addFile('/files/b.safetensors', { bytes: weights() }) })],
    ['a repository', () => ({ repo_id: 'org/repo', filename: 'c.safetensors', revision: 'main' })],
  ])('tells its source by the fields: %s', async (_, fields) => {
    await at.boot({ ATELIER_HUB_ALLOW: '127.0.0.1' });
    at.hub.addToHuggingFace('org/repo', 'c.safetensors', { bytes: weights() });
    const { status, body } = await ask('POST', '/models/download', {
      model_type: 'lora',
      ...fields(),
    });
    expect({ status, error: body['error'] }).toEqual({ status: 202, error: undefined });
    const job = await jobEnd(at.server.app, at.token, String(body['download_job_id']));
    expect(job.status).toBe('completed');
  });

  it('ends with the right bytes though it is cut three times', async () => {
    await at.boot({ ATELIER_HUB_ALLOW: '127.0.0.1' });
    const bytes = weights();
    const quarter = Math.floor(bytes.length / 4);
    const url = at.hub.addFile('/files/cut.safetensors', {
      bytes,
      cuts: [quarter, quarter, quarter],
    });
    const { body } = await ask('POST', '/models/download', { model_type: 'vae', url });
    await jobEnd(at.server.app, at.token, String(body['download_job_id']));
    expect(await readFile(at.onDisk('vae/cut.safetensors'))).toEqual(bytes);
  });

  it('refuses a private address, and an unknown kind of model, and says why', async () => {
    await at.boot();
    const url = 'http://169.254.169.254/latest/a.safetensors';
    const refused = await ask('POST', '/models/download', { model_type: 'lora', url });
    expect(refused).toMatchObject({ status: 403, body: { error: expect.any(String) as string } });
    const unknown = await ask('POST', '/models/download', { model_type: 'cake', url });
    expect(unknown).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('model_type') as string },
    });
  });
});

describe('GET /models/civitai/{id} and /models/huggingface', () => {
  it('answer as documented', async () => {
    await at.boot();
    const bytes = weights();
    const model = { modelId: 123456, versionId: 789012, name: 'Model Name' };
    at.hub.addToCivitai({ ...model, file: 'model.safetensors', bytes });
    const { body } = await ask('GET', '/models/civitai/123456:789012');
    expect(body).toEqual({
      success: true,
      model_id: '123456',
      version_id: '789012',
      name: 'Model Name',
      version_name: 'v1.0',
      type: 'checkpoint',
      base_model: 'SDXL 1.0',
      filename: 'model.safetensors',
      file_size: expect.any(Number) as number,
      sha256: sha256Of(bytes),
      download_url: expect.stringContaining(at.hub.url) as string,
    });
    const numbers = await ask('GET', '/models/civitai/123456?ids=number');
    expect(numbers.body).toMatchObject({ model_id: 123456, version_id: 789012 });
    at.hub.addToHuggingFace('stabilityai/sdxl-turbo', 'sd_xl_turbo_1.0.safetensors', { bytes });
    const query = 'repo_id=stabilityai/sdxl-turbo&filename=sd_xl_turbo_1.0.safetensors';
    const file = await ask('GET', `/models/huggingface?${query}`);
    expect(file.body).toEqual({
      success: true,
      repo_id: 'stabilityai/sdxl-turbo',
      filename: 'sd_xl_turbo_1.0.safetensors',
      revision: 'main',
      file_size: bytes.length,
      download_url: expect.stringContaining('/resolve/main/') as string,
    });
  });
});

describe('POST /models/upload', () => {
  const upload = (fields: Parameters<typeof formOf>[0]): Promise<Reply> => {
    const { headers, payload } = formOf(fields);
    return at.server.app
      .inject({
        method: 'POST',
        url: '/sdcpp/models/upload',
        headers: { ...headers, ...bearer(at.token) },
        payload,
      })
      .then((reply) => ({ status: reply.statusCode, headers: reply.headers, body: reply.json() }));
  };

  it('keeps the file and says where; a second one of that name is refused', async () => {
    await at.boot();
    const form = {
      model_type: 'lora',
      subfolder: 'mine',
      file: { name: 'up.safetensors', bytes: weights() },
    };
    const { status, body } = await upload(form);
    expect({ status, body }).toEqual({
      status: 201,
      body: {
        success: true,
        filename: 'up.safetensors',
        model_type: 'lora',
        size_bytes: form.file.bytes.length,
        full_path: at.onDisk('loras/mine/up.safetensors'),
        subfolder: 'mine',
      },
    });
    const again = await upload({ ...form, file: { ...form.file, bytes: weights() } });
    expect(again).toMatchObject({ status: 409, body: { error: expect.any(String) as string } });
  });
});

describe('POST /convert', () => {
  it('answers as documented, and the result is a model', async () => {
    await at.boot();
    await put('checkpoints/model.safetensors');
    const { status, body } = await ask('POST', '/convert', {
      input_path: at.onDisk('checkpoints/model.safetensors'),
      output_type: 'q8_0',
      title: 'smaller',
    });
    expect({ status, body }).toEqual({
      status: 202,
      body: {
        job_id: expect.stringMatching(UUID) as string,
        status: 'pending',
        position: expect.any(Number) as number,
        output_path: at.onDisk('checkpoints/model.q8_0.gguf'),
      },
    });
    const job = await jobEnd(at.server.app, at.token, String(body['job_id']));
    expect(job).toMatchObject({ status: 'completed', label: 'smaller' });
    expect(existsSync(at.onDisk('checkpoints/model.q8_0.gguf'))).toBe(true);
  });

  it('names what is wrong as it was sent', async () => {
    await at.boot();
    const reply = await ask('POST', '/convert', {
      input_path: '/etc/passwd',
      output_type: 'q8_0',
    });
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(reply.status).toBeLessThan(500);
    expect(JSON.stringify(reply.body)).not.toContain('root:');
    await put('checkpoints/model.safetensors');
    const type = await ask('POST', '/convert', {
      input_path: 'model.safetensors',
      output_type: 'q99',
    });
    expect(type).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('output_type') as string },
    });
  });
});
