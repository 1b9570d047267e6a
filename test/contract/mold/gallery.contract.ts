import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeEngine } from '../../../src/engine/index.js';
import { PHOTO, startMold, type MoldClient, type MoldServer } from '../../support/mold.js';

let mold: MoldServer;

beforeAll(async () => {
  mold = await startMold(FakeEngine.instant(), { ATELIER_FILES_ACCESS: 'owner' });
});

afterAll(() => mold.close());

const BODY = { prompt: 'a glowing robot', model: PHOTO, width: 64, height: 64, steps: 2, seed: 42 };

interface Entry {
  filename: string;
  metadata: Record<string, unknown>;
  [field: string]: unknown;
}

async function made(client: MoldClient): Promise<{ bytes: Buffer; entry: Entry }> {
  const answer = await client.post('/api/generate', { ...BODY, original_prompt: 'robot' });
  const bytes = Buffer.from(await answer.arrayBuffer());
  const { body } = await client.json<Entry[]>('GET', '/api/gallery');
  return { bytes, entry: body[0]! };
}

describe('GET /api/gallery', () => {
  it('lists what the caller made, with how', async () => {
    const { bytes, entry } = await made(mold.anna);
    const [job] = await mold.jobs(mold.anna);
    expect(entry).toEqual({
      filename: `${job!.id}-image_0.png`,
      metadata: {
        prompt: 'a glowing robot',
        original_prompt: 'robot',
        model: PHOTO,
        seed: 42,
        steps: 2,
        guidance: 7,
        width: 64,
        height: 64,
        version: expect.any(String) as string,
        job_id: job!.id,
      },
      timestamp: job!.end_time,
      format: 'png',
      size_bytes: bytes.length,
      metadata_synthetic: false,
    });
    const bertas = await mold.berta.json<Entry[]>('GET', '/api/gallery');
    expect(bertas.body).toEqual([]);
  });
});

describe('GET /api/gallery/image/{filename}', () => {
  it('sends the file, in ranges too, and nothing where the client has it', async () => {
    const { bytes, entry } = await made(mold.anna);
    const path = `/api/gallery/image/${entry.filename}`;
    const whole = await mold.anna.fetch(path);
    expect(Buffer.from(await whole.arrayBuffer())).toEqual(bytes);
    const part = await mold.anna.fetch(path, { headers: { range: 'bytes=0-7' } });
    expect([part.status, Buffer.from(await part.arrayBuffer())]).toEqual([
      206,
      bytes.subarray(0, 8),
    ]);
    const etag = whole.headers.get('etag')!;
    // Node's fetch says no-cache beside a condition.
    const again = await mold.server.app.inject({
      url: `/mold${path}`,
      headers: { 'x-api-key': mold.anna.key, 'if-none-match': etag },
    });
    expect(again.statusCode).toBe(304);
  });

  it('sends a thumbnail', async () => {
    const { entry } = await made(mold.anna);
    const answer = await mold.anna.fetch(`/api/gallery/thumbnail/${entry.filename}`);
    const { width } = await sharp(Buffer.from(await answer.arrayBuffer())).metadata();
    expect([answer.status, width]).toEqual([200, 64]);
  });

  it('is for its owner alone where files are', async () => {
    const { entry } = await made(mold.anna);
    for (const what of ['image', 'thumbnail']) {
      const path = `/api/gallery/${what}/${entry.filename}`;
      expect((await mold.berta.json('GET', path)).body['code']).toBe('IMAGE_NOT_FOUND');
      expect((await mold.stranger.fetch(path)).status).toBe(401);
    }
    const deleted = await mold.berta.fetch(`/api/gallery/image/${entry.filename}`, {
      method: 'DELETE',
    });
    expect(deleted.status).toBe(404);
    expect((await mold.anna.fetch(`/api/gallery/image/${entry.filename}`)).status).toBe(200);
  });

  it.each(['x.png', '..%2f..%2fetc%2fpasswd', '0d9a3f52-6c1b-4f57-9d52-0a7f3c1b8e44-image_0.png'])(
    'says 404 for %s',
    async (name) => {
      const { status, body } = await mold.anna.json('GET', `/api/gallery/image/${name}`);
      expect([status, body['code']]).toEqual([404, 'IMAGE_NOT_FOUND']);
    },
  );
});

describe('DELETE /api/gallery/image/{filename}', () => {
  it('takes the picture out of the gallery', async () => {
    const { entry } = await made(mold.berta);
    const path = `/api/gallery/image/${entry.filename}`;
    expect((await mold.berta.fetch(path, { method: 'DELETE' })).status).toBe(204);
    expect((await mold.berta.fetch(path)).status).toBe(404);
    expect((await mold.berta.json('GET', '/api/gallery')).body).toEqual([]);
  });
});
