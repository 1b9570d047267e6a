import { readdir, stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { bearer, errorOf, send } from '../support/auth.js';
import { DownloadServer } from '../support/download-server.js';
import { StandInHub } from '../support/hub.js';
import { jobEnd, jobOf } from '../support/jobs.js';
import { weights } from '../support/weight-files.js';

const at = new DownloadServer();

/** Ways to write addresses that are not public; a path is put behind them. */
const NOT_PUBLIC = [
  '127.0.0.1',
  '127.1',
  '2130706433',
  '0x7f000001',
  '0x7f.1',
  '0177.0.0.1',
  '017700000001',
  '0',
  '127.0.0.1.',
  '１２７.0.0.1',
  '[::1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[2002:7f00:1::]',
  '[fe80::1]',
  '[fd00::1]',
  '10.0.0.1',
  '172.16.5.4',
  '192.168.0.1',
  '169.254.169.254',
  '100.64.0.1',
  '224.0.0.1',
  'localhost',
  'LOCALHOST',
].map((host) => `http://${host}/secret.safetensors`);

describe('an address', () => {
  it('that is not public is refused however it is written, and behind a redirect', async () => {
    await at.boot();
    const viaHub = `${at.hub.url}/files/a.safetensors`;
    for (const url of NOT_PUBLIC) {
      expect([url, errorOf(await at.ask({ url })).code]).toEqual([url, 'ADDRESS_NOT_ALLOWED']);
      at.hub.redirects.set('/files/a.safetensors', new URL(url).href);
      const behind = await at.ask({ url: viaHub });
      expect([url, errorOf(behind).code]).toEqual([url, 'ADDRESS_NOT_ALLOWED']);
    }
    expect(await at.files()).toEqual([]);
  });

  it('of our own network is refused also where a hub sends us there', async () => {
    const inside = await StandInHub.start('127.0.0.2');
    await at.boot();
    inside.addFile('/secret.safetensors', { bytes: weights() });
    const url = `${inside.url}/secret.safetensors`;
    expect(errorOf(await at.ask({ url }))).toMatchObject({ code: 'ADDRESS_NOT_ALLOWED' });
    at.hub.redirects.set('/files/a.safetensors', `${inside.url}/secret.safetensors`);
    const viaHub = `${at.hub.url}/files/a.safetensors`;
    expect(errorOf(await at.ask({ url: viaHub }))).toMatchObject({ code: 'ADDRESS_NOT_ALLOWED' });
    at.hub.addToHuggingFace('o/r', 'a.safetensors', { bytes: weights() }, { cdn: inside });
    expect(await at.outcome({ repo_id: 'o/r', filename: 'a.safetensors' })).toMatchObject({
      code: 'ADDRESS_NOT_ALLOWED',
    });
    expect(inside.requests).toEqual([]);
    await inside.stop();
  });

  it.each(['file:///etc/a.gguf', 'ftp://example.org/a.gguf', 'http://u:p@example.org/a.gguf', 'a'])(
    'is not %s',
    async (url) => {
      await at.boot();
      expect(errorOf(await at.ask({ url }))).toMatchObject({ code: 'VALIDATION_ERROR' });
    },
  );

  it('keeps the secrets of its query', async () => {
    await at.boot();
    const url = at.hub.addFile('/files/a.safetensors', { bytes: weights(), holdAfter: 100 });
    const id = await at.started({ url: `${url}?token=very-secret` });
    await at.hub.holding();
    const running = await jobOf(at.server.app, at.token, id);
    at.hub.open();
    const done = await jobEnd(at.server.app, at.token, id);
    expect(done.status).toBe('completed');
    expect(JSON.stringify([running, done])).not.toContain('very-secret');
    expect(running.parameters).toMatchObject({ url });
    const broken = at.hub.addFile('/files/b.safetensors', { bytes: weights(), status: 403 });
    const refused = await at.ask({ url: `${broken}?token=very-secret` });
    expect(
      await jobEnd(at.server.app, at.token, refused.body['download_job_id'] as string),
    ).toMatchObject({ status: 'failed', error: { code: 'HUB_REFUSED' } });
    const log = await send(at.server.app, 'GET', '/api/queue/history?limit=10', bearer(at.token));
    expect(JSON.stringify(log.body)).not.toContain('very-secret');
  });
});

describe('the place of a download', () => {
  it.each(['../x', '/etc', 'a/../../x', '..\\x', 'a\0b', '.ssh'])(
    'is not the subfolder %j',
    async (subfolder) => {
      await at.boot();
      const url = at.hub.addFile('/files/a.safetensors', { bytes: weights() });
      const reply = await at.ask({ url, subfolder });
      expect(reply.status).toBe(400);
      expect(await at.files()).toEqual([]);
    },
  );

  it('is told by nothing that its server says', async () => {
    await at.boot();
    const bytes = weights();
    const url = at.hub.addFile('/files/get', {
      bytes,
      headers: { 'content-disposition': `attachment; filename="../../../evil\\..\\x.safetensors"` },
    });
    expect(await at.outcome({ url })).toEqual({ status: 'completed' });
    expect(await readdir(at.onDisk('loras'))).toEqual(['evil..x.safetensors']);
    const program = at.hub.addFile('/files/run.sh', { bytes });
    expect(errorOf(await at.ask({ url: program }))).toMatchObject({ code: 'FILE_NOT_ACCEPTED' });
    expect(errorOf(await at.ask({ url: program, save_as: 'run.sh' }))).toMatchObject({
      code: 'VALIDATION_ERROR',
    });
  });

  it('is not taken from a file that is there, unless it is the same', async () => {
    await at.boot();
    const bytes = weights();
    at.hub.addToHuggingFace('o/r', 'a.safetensors', { bytes });
    const wanted = { repo_id: 'o/r', filename: 'a.safetensors' };
    await at.outcome(wanted);
    const { mtimeMs } = await stat(at.onDisk('loras/a.safetensors'));
    expect(await at.outcome(wanted)).toEqual({ status: 'completed' });
    expect((await stat(at.onDisk('loras/a.safetensors'))).mtimeMs).toBe(mtimeMs);
    const url = at.hub.addFile('/files/a.safetensors', { bytes: weights() });
    const reply = await at.ask({ url });
    expect(reply.status).toBe(409);
    expect(errorOf(reply)).toMatchObject({
      code: 'MODEL_EXISTS',
      message: expect.stringContaining('"loras/a.safetensors"'),
    });
  });
});
