import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { addUser, bearer, errorOf, send, tokenOf, type Reply } from '../support/auth.js';
import { createKey, withKey } from '../support/keys.js';
import { jobEnd, submitted } from '../support/jobs.js';

interface House {
  server: TestApp;
  tokens: { admin: string; anna: string; bert: string };
  id: string;
  url: string;
}

async function house(env: Record<string, string> = {}): Promise<House> {
  const server = await createTestApp({ env });
  await addUser(server.app, 'anna', 'user');
  await addUser(server.app, 'bert', 'user');
  const tokens = {
    admin: await tokenOf(server.app),
    anna: await tokenOf(server.app, 'anna'),
    bert: await tokenOf(server.app, 'bert'),
  };
  const id = await submitted(server.app, tokens.anna, {
    prompt: 'red apple',
    width: 256,
    height: 128,
  });
  const { outputs } = await jobEnd(server.app, tokens.anna, id);
  return { server, tokens, id, url: outputs[0]!.url };
}

function get({ server }: House, url: string, headers: Record<string, string> = {}) {
  return server.app.inject({ method: 'GET', url, headers });
}

async function codeOf(house: House, url: string, token?: string): Promise<string> {
  const reply = await get(house, url, token ? bearer(token) : {});
  if (reply.statusCode === 200) return 'OK';
  return reply.json<{ error: { code: string } }>().error.code;
}

function link({ server }: House, url: string, token: string, body: object = {}): Promise<Reply> {
  return send(server.app, 'POST', `${url}/link`, bearer(token), body);
}

describe('outputs that are public', () => {
  let open: House;
  beforeAll(async () => {
    open = await house();
  });
  afterAll(() => open.server.close());

  it('have two addresses, and the same file at both', async () => {
    const one = await get(open, open.url);
    const other = await get(open, `/api/v1/jobs/${open.id}/output/image_0.png`);
    expect([one.statusCode, other.statusCode]).toEqual([200, 200]);
    expect(other.rawPayload.equals(one.rawPayload)).toBe(true);
    expect(one.headers).toMatchObject({
      'content-type': 'image/png',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'accept-ranges': 'bytes',
    });
  });

  it('answer HEAD without the file', async () => {
    const head = await open.server.app.inject({ method: 'HEAD', url: open.url });
    const whole = await get(open, open.url);
    expect(head.statusCode).toBe(200);
    expect(head.rawPayload).toHaveLength(0);
    expect(head.headers['content-length']).toBe(String(whole.rawPayload.length));
    expect(head.headers.etag).toBe(whole.headers.etag);
  });

  it('answer for ranges and conditions they cannot meet', async () => {
    const { length } = (await get(open, open.url)).rawPayload;
    const range = await get(open, open.url, { range: 'bytes=999999-' });
    expect(range.statusCode).toBe(416);
    expect(range.headers['content-range']).toBe(`bytes */${length}`);
    expect(range.json<{ error: { code: string } }>().error.code).toBe('RANGE_NOT_SATISFIABLE');
    const match = await get(open, open.url, { 'if-match': '"another"' });
    expect(match.statusCode).toBe(412);
    expect(match.json<{ error: { code: string } }>().error.code).toBe('PRECONDITION_FAILED');
  });

  it.each([
    ['?thumb=true', 200, 100],
    ['?thumb=1', 200, 100],
    ['?thumb=1&size=50', 50, 25],
    ['?thumb=true&size=500', 256, 128],
  ])('are shown small: %s', async (query, width, height) => {
    const reply = await get(open, `/api/v1/jobs/${open.id}/output/image_0.png${query}`);
    expect(reply.statusCode).toBe(200);
    expect(reply.headers['content-type']).toBe('image/webp');
    expect(await sharp(reply.rawPayload).metadata()).toMatchObject({ width, height });
    const again = await get(open, `${open.url}${query}`, {
      'if-none-match': String(reply.headers.etag),
    });
    expect(again.statusCode).toBe(304);
  });

  it('are whole where no thumbnail is wanted', async () => {
    expect((await get(open, `${open.url}?thumb=0`)).headers['content-type']).toBe('image/png');
    expect((await get(open, `${open.url}?size=100`)).headers['content-type']).toBe('image/png');
  });

  it.each(['thumb=1&size=49', 'thumb=1&size=501', 'size=0', 'size=big', 'thumb=maybe', 'colour=1'])(
    'refuse what they do not understand: %s',
    async (query) => {
      expect(await codeOf(open, `${open.url}?${query}`)).toBe('VALIDATION_ERROR');
    },
  );

  it('are shrunk once, however many ask at once', async () => {
    const url = `${open.url}?thumb=1&size=77`;
    const replies = await Promise.all(Array.from({ length: 20 }, () => get(open, url)));
    expect(new Set(replies.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
    expect(new Set(replies.map(({ headers }) => headers.etag)).size).toBe(1);
    const folder = join(open.server.dataDir, 'cache/thumbnails', open.id);
    expect((await readdir(folder)).filter((name) => name.includes('.77.'))).toEqual([
      'image_0.png.77.webp',
    ]);
  });

  it('have no thumbnail of what is not there', async () => {
    expect(await codeOf(open, `/api/queue/job/${open.id}/output/image_7.png?thumb=1`)).toBe(
      'NOT_FOUND',
    );
  });
});

describe('outputs behind signed links', () => {
  let signed: House;
  beforeAll(async () => {
    signed = await house({ ATELIER_FILES_ACCESS: 'signed' });
  });
  afterAll(() => signed.server.close());

  it('are closed to whoever has no link, and open to their owner', async () => {
    expect(await codeOf(signed, signed.url)).toBe('LINK_REFUSED');
    expect(await codeOf(signed, signed.url, signed.tokens.bert)).toBe('LINK_REFUSED');
    expect(await codeOf(signed, signed.url, signed.tokens.anna)).toBe('OK');
    expect(await codeOf(signed, signed.url, signed.tokens.admin)).toBe('OK');
  });

  it('are open to whoever has one, at both addresses, whole and small', async () => {
    const { status, body } = await link(signed, signed.url, signed.tokens.anna, { expires_in: 60 });
    expect(body['access']).toBe('signed');
    expect(status).toBe(200);
    const url = body['url'] as string;
    expect(body['expires_at']).toBeCloseTo(Date.now() / 1000 + 60, -1);
    const reply = await get(signed, url);
    expect(reply.statusCode).toBe(200);
    expect(reply.headers['cache-control']).toContain('private');
    expect(await codeOf(signed, `${url}&thumb=1`)).toBe('OK');
    expect(await codeOf(signed, url.replace('/queue/job/', '/v1/jobs/'))).toBe('OK');
  });

  it('are closed to links whose signer has ended', async () => {
    const { server, tokens, url } = signed;
    const admin = bearer(tokens.admin);
    const { key, api_key } = await createKey(server.app, bearer(tokens.anna));
    const ofKey = (await send(server.app, 'POST', `${url}/link`, withKey(key), {})).body['url'];
    const ofAdmin = (await link(signed, url, tokens.admin)).body['url'] as string;
    const ofAnna = (await link(signed, url, tokens.anna)).body['url'] as string;
    for (const one of [ofKey as string, ofAdmin, ofAnna])
      expect(await codeOf(signed, one)).toBe('OK');
    await send(server.app, 'DELETE', `/api/auth/keys/${api_key.id}`, bearer(tokens.anna));
    expect(await codeOf(signed, ofKey as string)).toBe('LINK_REFUSED');
    expect(await codeOf(signed, ofAnna)).toBe('OK');
    // An administrator who is one no more has no business with the jobs of others.
    const chief = await addUser(server.app, 'chief', 'admin');
    const ofChief = (await link(signed, url, await tokenOf(server.app, 'chief'))).body['url'];
    expect(await codeOf(signed, ofChief as string)).toBe('OK');
    await send(server.app, 'PATCH', `/api/users/${chief}`, admin, { role: 'user' });
    expect(await codeOf(signed, ofChief as string)).toBe('LINK_REFUSED');
    expect(await codeOf(signed, ofAdmin)).toBe('OK');
  });

  it('are closed to links that were changed', async () => {
    const { body } = await link(signed, signed.url, signed.tokens.anna);
    const url = body['url'] as string;
    const later = url.replace(/expires=(\d+)/, (_, expires) => `expires=${Number(expires) + 1}`);
    for (const wrong of [
      later,
      url.replace('image_0', 'image_1'),
      url.slice(0, -1),
      url.replace(/signature=.*/, 'signature=x'),
      url.replace(/&signature=.*/, ''),
    ]) {
      expect([wrong, await codeOf(signed, wrong)]).toEqual([wrong, 'LINK_REFUSED']);
    }
  });

  it('should not give a link to the output of another user', async () => {
    const reply = await link(signed, signed.url, signed.tokens.bert);
    expect(errorOf(reply)).toMatchObject({ code: 'JOB_NOT_FOUND', status_code: 404 });
    expect((await link(signed, signed.url, signed.tokens.admin)).status).toBe(200);
  });

  it.each([{ expires_in: 59 }, { expires_in: 604_801 }, { expires_in: 'long' }, { until: 5 }])(
    'have no link for %j',
    async (body) => {
      const reply = await link(signed, signed.url, signed.tokens.anna, body);
      expect(errorOf(reply)).toMatchObject({ code: 'VALIDATION_ERROR', status_code: 400 });
    },
  );
});

describe('outputs of their owner', () => {
  let closed: House;
  beforeAll(async () => {
    closed = await house({ ATELIER_FILES_ACCESS: 'owner' });
  });
  afterAll(() => closed.server.close());

  it('should not be read by another user', async () => {
    expect(await codeOf(closed, closed.url)).toBe('AUTH_REQUIRED');
    expect(await codeOf(closed, closed.url, closed.tokens.bert)).toBe('NOT_FOUND');
    expect(await codeOf(closed, `${closed.url}?thumb=1`, closed.tokens.bert)).toBe('NOT_FOUND');
    expect(await codeOf(closed, closed.url, closed.tokens.anna)).toBe('OK');
    expect(await codeOf(closed, closed.url, closed.tokens.admin)).toBe('OK');
  });

  it('are not opened by a link', async () => {
    const { body } = await link(closed, closed.url, closed.tokens.anna);
    expect(await codeOf(closed, body['url'] as string)).toBe('AUTH_REQUIRED');
  });
});

describe('the recipe in an output', () => {
  let open: House;
  beforeAll(async () => {
    open = await house();
  });
  afterAll(() => open.server.close());

  const recipe = (token: string, url = open.url): Promise<Reply> =>
    send(open.server.app, 'GET', `${url}/recipe`, bearer(token));

  it('is read for its owner, and for who may see the jobs of all', async () => {
    const { status, body } = await recipe(open.tokens.anna);
    expect(status).toBe(200);
    expect(body['parameters']).toMatch(/^red apple\nSteps: \d+, .*Size: 256x128/);
    expect(body['recipe']).toMatchObject({
      kind: 'text2img',
      model: { name: 'tiny-emoji', sha256: expect.any(Object) },
      options: { prompt: 'red apple', width: 256, batch_count: 1 },
    });
    expect((await recipe(open.tokens.admin)).body).toEqual(body);
  });

  it('should not be read by another user, nor of a file that is not there', async () => {
    expect(errorOf(await recipe(open.tokens.bert))).toMatchObject({ code: 'JOB_NOT_FOUND' });
    const other = await recipe(open.tokens.anna, open.url.replace('image_0', 'image_9'));
    expect(errorOf(other)).toMatchObject({ code: 'NOT_FOUND', status_code: 404 });
  });
});
