import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { bearer, errorOf, send } from '../support/auth.js';
import { DownloadServer } from '../support/download-server.js';
import { sha256Of, type HubFile } from '../support/hub.js';
import { jobEnd, jobWhen } from '../support/jobs.js';
import { weights } from '../support/weight-files.js';

const at = new DownloadServer();

describe('a download that is cut', () => {
  it('three times ends with the right bytes, and never begins again', async () => {
    await at.boot();
    const bytes = weights();
    at.hub.addToHuggingFace('o/r', 'a.safetensors', { bytes, cuts: [1000, 3000, 500] });
    const wanted = { repo_id: 'o/r', filename: 'a.safetensors' };
    expect(await at.outcome(wanted)).toEqual({ status: 'completed' });
    expect(await readFile(at.onDisk('loras/a.safetensors'))).toEqual(bytes);
    const cdn = at.hub.requests.filter(({ path }) => path.startsWith('/cdn/'));
    expect(cdn.map(({ range }) => range)).toEqual([
      undefined,
      'bytes=1000-',
      'bytes=4000-',
      'bytes=4500-',
    ]);
    expect(cdn.at(-1)?.ifRange).toBe(`"${sha256Of(bytes).slice(0, 16)}"`);
  });

  it('and changed in between begins again, whether the server tells it or not', async () => {
    await at.boot();
    for (const [name, ignoresIfRange] of [
      ['tells', false],
      ['silent', true],
    ] as const) {
      const bytes = weights();
      const etags = ['"old"', '"new"', '"new"'];
      const url = at.hub.addFile(`/files/${name}.safetensors`, {
        bytes,
        cuts: [1000],
        etags,
        ignoresIfRange,
      });
      expect(await at.outcome({ url })).toEqual({ status: 'completed' });
      expect(await readFile(at.onDisk(`loras/${name}.safetensors`))).toEqual(bytes);
    }
  });

  it('by a server that knows no ranges, or has no name for the file, begins again', async () => {
    await at.boot();
    for (const [name, behaviour] of [
      ['plain', { ignoresRange: true }],
      ['nameless', { etags: [''] }],
    ] satisfies [string, Partial<HubFile>][]) {
      const bytes = weights();
      const path = `/files/${name}.safetensors`;
      const url = at.hub.addFile(path, { bytes, cuts: [2000, 5000], ...behaviour });
      expect(await at.outcome({ url })).toEqual({ status: 'completed' });
      expect(await readFile(at.onDisk(`loras/${name}.safetensors`))).toEqual(bytes);
      const ranges = at.hub.gets(path).map(({ range }) => range);
      expect(ranges).toHaveLength(3);
      expect(ranges[1] === undefined).toBe(name === 'nameless');
    }
  });

  it('goes on after a restart of the server where it was', async () => {
    await at.boot();
    const bytes = weights();
    const path = '/files/a.safetensors';
    const url = at.hub.addFile(path, { bytes, holdAfter: 5000 });
    const id = await at.started({ url });
    await at.hub.holding();
    await jobWhen(at.server.app, at.token, id, ({ current_step }) => current_step === 5000);
    await at.server.close();
    at.hub.open();
    await at.boot();
    expect(await jobEnd(at.server.app, at.token, id)).toMatchObject({ status: 'completed' });
    expect(await readFile(at.onDisk('loras/a.safetensors'))).toEqual(bytes);
    expect(at.hub.gets(path).map(({ range }) => range)).toEqual([undefined, 'bytes=5000-']);
  });

  it('again and again at the same place is given up, and a retry goes on', async () => {
    await at.boot();
    const bytes = weights();
    const path = '/files/a.safetensors';
    const vain = Array.from({ length: 20 }, () => 0);
    const url = at.hub.addFile(path, { bytes, cuts: [4000, ...vain] });
    const id = await at.started({ url });
    const failed = await jobEnd(at.server.app, at.token, id);
    expect(failed).toMatchObject({
      status: 'failed',
      attempts: 2,
      error: { code: 'MODEL_DOWNLOAD_FAILED' },
    });
    at.hub.addFile(path, { bytes });
    const retry = await send(at.server.app, 'POST', `/api/queue/job/${id}/retry`, bearer(at.token));
    const again = await jobEnd(at.server.app, at.token, retry.body['request_id'] as string);
    expect(again.status).toBe('completed');
    expect(at.hub.gets(path).at(-1)?.range).toBe('bytes=4000-');
    expect(await readFile(at.onDisk('loras/a.safetensors'))).toEqual(bytes);
  });
});

describe('a download that is wrong', () => {
  it('by its checksum leaves nothing behind and says why', async () => {
    await at.boot();
    const bytes = weights();
    const sha256 = sha256Of(weights());
    at.hub.addToHuggingFace('o/r', 'a.safetensors', { bytes }, { sha256 });
    expect(await at.outcome({ repo_id: 'o/r', filename: 'a.safetensors' })).toEqual({
      status: 'failed',
      code: 'CHECKSUM_MISMATCH',
      message: expect.stringContaining(`should be ${sha256} and is ${sha256Of(bytes)}`),
    });
    const url = at.hub.addFile('/files/a.safetensors', { bytes });
    expect(await at.outcome({ url, sha256 })).toMatchObject({ code: 'CHECKSUM_MISMATCH' });
    expect(await at.files()).toEqual([]);
    expect(await at.states()).toEqual([]);
    expect(await at.models.names('?search=a.safetensors')).toEqual([]);
  });

  it('by its length fails clearly, whichever way it lies', async () => {
    await at.boot();
    const bytes = weights();
    const repo = { repo_id: 'o/r', filename: 'a.safetensors' };
    at.hub.addToHuggingFace('o/r', 'a.safetensors', { bytes });
    const lies = [...at.hub.files.keys()][0] ?? '';
    for (const behaviour of [
      { claims: bytes.length - 10 },
      { claims: bytes.length + 10 },
      { bytes: Buffer.concat([bytes, bytes]), unmeasured: true },
    ]) {
      at.hub.files.set(lies, { bytes, ...behaviour });
      expect(await at.outcome(repo)).toMatchObject({
        status: 'failed',
        code: 'MODEL_DOWNLOAD_FAILED',
        message: expect.stringContaining(`it should have ${bytes.length} bytes`),
      });
    }
    at.hub.files.set(lies, { bytes: bytes.subarray(0, 9000), unmeasured: true });
    expect(await at.outcome(repo)).toMatchObject({
      status: 'failed',
      message: expect.stringContaining(`it should have ${bytes.length} bytes, and has 9000`),
    });
  });

  it('as a weight file is removed: a web page, an error text, half a model', async () => {
    await at.boot();
    const page = at.hub.addFile('/files/page.safetensors', {
      bytes: Buffer.from('<html>please log in</html>'),
      headers: { 'content-type': 'text/html; charset=utf-8' },
    });
    expect(await at.outcome({ url: page })).toMatchObject({ code: 'MODEL_DOWNLOAD_FAILED' });
    const half = at.hub.addFile('/files/half.safetensors', { bytes: weights().subarray(0, 9000) });
    expect(await at.outcome({ url: half })).toMatchObject({ code: 'MODEL_FILE_DAMAGED' });
    const packed = at.hub.addFile('/files/packed.safetensors', {
      bytes: weights(),
      headers: { 'content-encoding': 'gzip' },
    });
    expect(await at.outcome({ url: packed })).toMatchObject({ code: 'MODEL_DOWNLOAD_FAILED' });
    expect(await at.files()).toEqual([]);
  });
});

describe('a disk', () => {
  it('that would be filled is spared: the download is refused before it starts', async () => {
    await at.boot({ ATELIER_MODEL_FILE_MB: '100000000000' });
    const url = at.hub.addFile('/files/a.safetensors', { bytes: weights(), claims: 1e15 });
    const reply = await at.ask({ url });
    expect(reply.status).toBe(507);
    expect(errorOf(reply)).toMatchObject({ code: 'DISK_FULL' });
    expect(at.hub.gets('/files/a.safetensors')).toEqual([]);
    expect(await at.files()).toEqual([]);
  });

  it('that would be filled by what nobody announced is spared as early as it shows', async () => {
    await at.boot({ ATELIER_MODEL_FILE_MB: '100000000000' });
    const bytes = weights();
    const late = at.hub.addFile('/files/late.safetensors', {
      bytes,
      headStatus: 405,
      claims: 1e15,
    });
    expect(await at.outcome({ url: late })).toMatchObject({ status: 'failed', code: 'DISK_FULL' });
    await at.server.close();
    await at.boot({ ATELIER_DISK_RESERVE_MB: '1000000000' });
    const never = at.hub.addFile('/files/never.safetensors', { bytes, unmeasured: true });
    expect(await at.outcome({ url: never })).toMatchObject({ status: 'failed', code: 'DISK_FULL' });
    expect(await at.files()).toEqual([]);
  });

  it('has a bound for each file', async () => {
    await at.boot({ ATELIER_MODEL_FILE_MB: '1' });
    const bytes = Buffer.concat([weights(), Buffer.alloc(2 << 20)]);
    const announced = at.hub.addFile('/files/a.safetensors', { bytes });
    const reply = await at.ask({ url: announced });
    expect(reply.status).toBe(413);
    const silent = at.hub.addFile('/files/b.safetensors', { bytes, unmeasured: true });
    expect(await at.outcome({ url: silent })).toMatchObject({ code: 'MODEL_FILE_TOO_LARGE' });
    expect(await at.files()).toEqual([]);
  });
});
