import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bearer, send } from '../../support/auth.js';
import { call, jsonOf, type HttpReply } from '../../support/client.js';
import { jobEnd, submitted } from '../../support/jobs.js';
import { sdcppHouse, type SdcppHouse, type SdcppRequest } from '../../support/sdcpp-house.js';

let house: SdcppHouse;
let picture: string;
let video: string;
let edit: string;

async function base64(width: number, height: number): Promise<string> {
  const bytes = await sharp({ create: { width, height, channels: 3, background: '#08f' } })
    .jpeg()
    .toBuffer();
  return bytes.toString('base64');
}

async function generated(kind: string, body: object): Promise<string> {
  const { app } = house.server;
  const token = house.tokens.anna;
  const reply = await send(app, 'POST', `/api/generate/${kind}`, bearer(token), body);
  const id = reply.body['request_id'] as string;
  const { status } = await jobEnd(app, token, id);
  if (status !== 'completed') throw new Error(`The ${kind} ${status}`);
  return id;
}

beforeAll(async () => {
  house = await sdcppHouse();
  picture = await submitted(house.server.app, house.tokens.anna, {
    prompt: '<script>alert("x")</script> & "quotes"',
    width: 256,
    height: 128,
    batch_count: 2,
  });
  await jobEnd(house.server.app, house.tokens.anna, picture);
  video = await generated('text2video', { prompt: 'a walk', video_frames: 5, steps: 1 });
  edit = await generated('inpainting', {
    prompt: 'blue',
    init_image: await base64(96, 64),
    mask_image: await base64(96, 64),
    width: 64,
    height: 64,
    steps: 1,
  });
});

afterAll(() => house.close());

async function page(path: string, init?: SdcppRequest): Promise<string> {
  const answer = await house.fetch(path, init);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
  return answer.text();
}

/** The folders or files of a page, in its order. */
const linksOf = (html: string): string[] =>
  Array.from(html.matchAll(/<td class="w"><a href="[^"]*\/([^"/]+)"/g), ([, name = '']) => name);

describe('GET /output: the file browser', () => {
  it('has a folder for each job with outputs, of nobody else', async () => {
    const html = await page('/output');
    expect(new Set(linksOf(html))).toEqual(new Set([picture, video, edit]));
    expect(linksOf(await page('/output', { token: house.tokens.bert }))).toEqual([]);
    expect((await house.ask('/output', { token: '' })).status).toBe(401);
  });

  it('has statistics, breadcrumbs, and columns to sort by', async () => {
    const root = await page('/output');
    expect(root).toMatch(/3 folders, 4 files, [\d.]+ (B|KiB|MiB)/);
    for (const by of ['name', 'size', 'date']) expect(root).toContain(`?sort=${by}&order=`);
    const folder = await page(`/output/${picture}`);
    expect(folder).toContain('<nav><a href="/output">Outputs</a>');
    expect(folder).toMatch(/0 folders, 3 files/);
  });

  it.each(['name', 'size', 'date'])('sorts by %s, both ways', async (by) => {
    const rising = linksOf(await page(`/output?sort=${by}&order=asc`));
    const falling = linksOf(await page(`/output?sort=${by}&order=desc`));
    expect(rising).toHaveLength(3);
    expect(falling).toEqual(rising.toReversed());
    const files = linksOf(await page(`/output/${picture}?sort=${by}&order=asc`));
    expect(linksOf(await page(`/output/${picture}?sort=${by}&order=desc`))).toEqual(
      files.toReversed(),
    );
  });

  it('shows the files of a job with thumbnails and a lightbox', async () => {
    const html = await page(`/output/${picture}%2F`);
    expect(linksOf(html)).toEqual(['config.json', 'image_0.png', 'image_1.png']);
    expect(html).toContain(`<img src="/thumb/${picture}/image_0.png"`);
    expect(html).toContain('class="box" id="image_1.png"');
    const shown = await page(`/output/${video}`);
    // Without ffmpeg a video is a WebP, which is shown as images are.
    const isWebp = linksOf(shown).includes('video.webp');
    expect(shown).toContain(isWebp ? `<img src="/thumb/${video}/video.webp"` : '<video src=');
    expect(linksOf(await page(`/output/${edit}`))).toEqual([
      'config.json',
      'image_0.png',
      'mask.png',
      'source.png',
    ]);
  });

  it('writes nothing of what users wrote as HTML, and lets no script run but its own', async () => {
    const html = await page('/output');
    expect(html).not.toContain('<script>alert');
    expect(html).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &quot;quotes');
    const answer = await house.fetch('/output');
    await answer.arrayBuffer();
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    for (const [, tag, text = ''] of html.matchAll(/<(script|style)>([\s\S]*?)<\/\1>/g)) {
      const hash = createHash('sha256').update(text).digest('base64');
      expect(policy).toContain(`${tag}-src 'sha256-${hash}'`);
    }
    expect(html).not.toMatch(/ style="| on\w+="/);
  });

  it('has its own addresses below the prefix where there is no listener', async () => {
    const { app } = house.server;
    const headers = bearer(house.tokens.anna);
    const { body } = await app.inject({ method: 'GET', url: '/sdcpp/output', headers });
    expect(body).toContain(`href="/sdcpp/output/${picture}"`);
  });

  it('has pages where there are many folders', async () => {
    expect(linksOf(await page('/output?page=2'))).toEqual([]);
    for (const query of ['sort=colour', 'order=up', 'page=0'])
      expect((await house.ask(`/output?${query}`)).status).toBe(400);
  });

  it('shows nobody the folder of somebody else', async () => {
    const { status } = await house.ask(`/output/${picture}`, { token: house.tokens.bert });
    expect(status).toBe(404);
    expect((await house.ask(`/output/${picture}`, { token: '' })).status).toBe(401);
  });
});

describe('GET /output/{path}: files', () => {
  it('are sent whole, in ranges, and once for who has them', async () => {
    const path = `/output/${picture}/image_0.png`;
    const whole = await house.fetch(path, { token: '' });
    expect(whole.status).toBe(200);
    expect(whole.headers.get('content-type')).toBe('image/png');
    expect(whole.headers.get('cache-control')).toContain('immutable');
    const bytes = Buffer.from(await whole.arrayBuffer());
    const etag = whole.headers.get('etag') ?? '';
    expect((await raw(path, { 'if-none-match': etag })).status).toBe(304);
    const part = await house.fetch(path, { headers: { range: 'bytes=1-3' } });
    expect(part.status).toBe(206);
    expect(await part.text()).toBe('PNG');
    expect(bytes.subarray(1, 4).toString()).toBe('PNG');
    const beyond = await house.ask(path, { headers: { range: 'bytes=99999999-' } });
    expect(beyond.status).toBe(416);
  });

  it('have the names of the document, and those of the core', async () => {
    const { body } = await house.ask(`/queue/${video}`);
    const [output = ''] = body['outputs'] as string[];
    expect(output).toMatch(new RegExp(`^${video}/video\\.(mp4|webp)$`));
    for (const path of [output, output.replace('/video.', '/video_0.')]) {
      const answer = await house.fetch(`/output/${path}`);
      expect(answer.status).toBe(200);
      await answer.arrayBuffer();
    }
  });

  it('may have the folder of a group before them', async () => {
    const answer = await house.fetch(`/output/some-group/${picture}/image_0.png`);
    expect(answer.status).toBe(200);
    await answer.arrayBuffer();
    expect(linksOf(await page(`/output/some-group/${picture}`))).toContain('image_0.png');
  });

  it('say in config.json with what they were made, to their owner', async () => {
    const { status, body } = await house.ask(`/output/${picture}/config.json`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      job_id: picture,
      type: 'txt2img',
      params: { width: 256, height: 128, batch_count: 2, seed: expect.any(Number) },
      model_settings: { model_name: expect.any(String) },
      seeds: [expect.any(Number), expect.any(Number)],
    });
    const other = await house.ask(`/output/${picture}/config.json`, { token: house.tokens.bert });
    expect(other.status).toBe(404);
    expect((await house.ask(`/output/${picture}/config.json`, { token: '' })).status).toBe(401);
  });

  it('have the pictures that went in beside them, for their owner', async () => {
    for (const name of ['source.png', 'mask.png']) {
      const path = `/output/${edit}/${name}`;
      const answer = await house.fetch(path);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toBe('image/jpeg');
      const { width, height } = await sharp(Buffer.from(await answer.arrayBuffer())).metadata();
      expect([width, height]).toEqual([96, 64]);
      expect((await house.ask(path, { token: house.tokens.bert })).status).toBe(404);
      expect((await house.ask(path, { token: '' })).status).toBe(401);
    }
    for (const path of [`${edit}/control.png`, `${picture}/source.png`, `${edit}/ip_adapter.png`])
      expect((await house.ask(`/output/${path}`)).status).toBe(404);
  });

  it.each(['/nothing.png', '/config.txt', '/video.mp4'])('answer 404 for %s', async (name) => {
    const { status, body } = await house.ask(`/output/${picture}${name}`);
    expect(status).toBe(404);
    expect(body['error']).toEqual(expect.any(String));
  });
});

describe('GET /thumb/{path}', () => {
  it('is a JPEG of 120 by 120 pixels, cut out of the middle', async () => {
    for (const path of [`${picture}/image_0.png`, `${picture}%2Fimage_0.png`]) {
      const answer = await house.fetch(`/thumb/${path}`, { token: '' });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toBe('image/jpeg');
      const bytes = Buffer.from(await answer.arrayBuffer());
      expect(await sharp(bytes).metadata()).toMatchObject({
        format: 'jpeg',
        width: 120,
        height: 120,
      });
    }
    const first = await house.fetch(`/thumb/${picture}/image_0.png`);
    const etag = first.headers.get('etag') ?? '';
    await first.arrayBuffer();
    const again = await raw(`/thumb/${picture}/image_0.png`, { 'if-none-match': etag });
    expect(again.status).toBe(304);
  });

  it('is a sign for a video, where the engine made one', async () => {
    const { body } = await house.ask(`/queue/${video}`);
    const [output = ''] = body['outputs'] as string[];
    const answer = await house.fetch(`/thumb/${output}`);
    expect(answer.status).toBe(200);
    const type = output.endsWith('.webp') ? 'image/jpeg' : 'image/svg+xml';
    expect(answer.headers.get('content-type')).toContain(type);
    await answer.arrayBuffer();
  });

  it('is there for what went in, too, for its owner', async () => {
    const answer = await house.fetch(`/thumb/${edit}/source.png`);
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect(await sharp(bytes).metadata()).toMatchObject({ width: 120, height: 120 });
    const other = await house.ask(`/thumb/${edit}/source.png`, { token: house.tokens.bert });
    expect(other.status).toBe(404);
  });

  it.each([
    [() => `${picture}/config.json`, 400, 'Not a media file'],
    [() => picture, 400, 'Not a media file'],
    [() => `${picture}/nothing.png`, 404, ''],
    [() => `${picture}/nothing.mp4`, 404, ''],
    [() => `${picture}/..`, 400, 'Invalid path'],
  ])('refuses what it cannot show', async (path, expected, error) => {
    const reply = await raw(`/thumb/${path()}`);
    expect(reply.status).toBe(expected);
    expect(jsonOf<{ error: string }>(reply).error).toContain(error);
  });
});

/** A request that goes out as it is written: fetch would tidy the path up, and tell caches off. */
function raw(path: string, headers: Record<string, string> = {}): Promise<HttpReply> {
  return call(house.base, { path, headers: { ...bearer(house.tokens.anna), ...headers } });
}
