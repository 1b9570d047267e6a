import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { DownloadServer } from '../../support/download-server.js';
import { eventsIn, type MoldEvent } from '../../support/mold.js';
import { weights } from '../../support/weight-files.js';

const at = new DownloadServer();

const NAME = 'hf:org/repo/photo-fp16.safetensors';

async function pull(model: string, accept = '*/*') {
  return at.server.app.inject({
    method: 'POST',
    url: '/mold/api/models/pull',
    headers: { authorization: `Bearer ${at.token}`, accept },
    payload: { model },
  });
}

async function streamed(model: string): Promise<MoldEvent[]> {
  return eventsIn((await pull(model, 'text/event-stream')).body);
}

async function publish(behaviour: object = {}): Promise<Buffer> {
  await at.boot({ ATELIER_HUB_ALLOW: '127.0.0.1' });
  const bytes = weights('sd1');
  at.hub.addToHuggingFace('org/repo', 'photo-fp16.safetensors', { bytes, ...behaviour });
  return bytes;
}

describe('POST /api/models/pull', () => {
  it('answers with a sentence when the model is here, which then draws by its name', async () => {
    const bytes = await publish();
    const reply = await pull(NAME);
    expect([reply.statusCode, reply.headers['content-type'], reply.body]).toEqual([
      200,
      'text/plain; charset=utf-8',
      `model '${NAME}' pulled successfully`,
    ]);
    expect(await readFile(at.onDisk('checkpoints/photo-fp16.safetensors'))).toEqual(bytes);
    const again = await pull('photo:fp16');
    expect(again.body).toBe("model 'photo:fp16' pulled successfully");
  });

  it('tells in events how far it is', async () => {
    const bytes = await publish();
    const events = await streamed(NAME);
    const data = events.map((event) => event.data);
    const total = bytes.length;
    expect(data).toContainEqual({
      type: 'download_progress',
      filename: 'photo-fp16.safetensors',
      file_index: 1,
      total_files: 1,
      bytes_downloaded: expect.any(Number) as number,
      bytes_total: total,
      batch_bytes_downloaded: expect.any(Number) as number,
      batch_bytes_total: total,
      batch_elapsed_ms: expect.any(Number) as number,
    });
    expect(data.at(-2)).toMatchObject({ type: 'download_done' });
    expect(events.at(-1)).toEqual({
      name: 'progress',
      data: { type: 'pull_complete', model: NAME },
    });
    expect(await streamed('photo:fp16')).toEqual([
      { name: 'progress', data: { type: 'pull_complete', model: 'photo:fp16' } },
    ]);
  });

  it('tells why it failed', async () => {
    await publish({ bytes: Buffer.from('<html>This is no model.</html>') });
    const reply = await pull(NAME);
    expect([reply.statusCode, reply.json<{ code: string }>().code]).toEqual([502, 'PULL_FAILED']);
    expect((await streamed(NAME)).at(-1)).toEqual({
      name: 'error',
      data: { message: expect.stringContaining('was not pulled') as string },
    });
  });

  it('says 400 where nobody knows where to get it', async () => {
    await publish();
    const reply = await pull('no-such-model:q8');
    expect([reply.statusCode, reply.json<{ code: string }>().code]).toEqual([400, 'UNKNOWN_MODEL']);
  });
});
