import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp } from '../../support/app.js';
import { ADMIN_PASSWORD } from '../../support/app.js';
import { send } from '../../support/auth.js';
import { SdcppClient, startSdcpp, type SdcppServer } from '../../support/sdcpp.js';

let sdcpp: SdcppServer;

beforeAll(async () => {
  sdcpp = await startSdcpp();
});

afterAll(() => sdcpp.close());

function logIn(username: string, password = ADMIN_PASSWORD) {
  return sdcpp.stranger.post('/auth/login', { username, password });
}

function cookieOf(headers: Headers): { value: string; rest: string[] } {
  const [pair = '', ...rest] = (headers.get('set-cookie') ?? '').split('; ');
  return { value: pair.replace('sdcpp_auth=', ''), rest };
}

describe('POST /auth/login', () => {
  it('gives a token, and the same as a cookie that programs on the page cannot read', async () => {
    const { status, body, headers } = await logIn('anna');
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        token: expect.any(String) as string,
        token_type: 'Bearer',
        expires_at: expect.any(Number) as number,
        username: 'anna',
      },
    });
    const cookie = cookieOf(headers);
    expect(cookie.value).toBe(body['token']);
    const seconds = Number(body['expires_at']) - Math.floor(Date.now() / 1000);
    expect(cookie.rest.slice(0, 3)).toEqual(['HttpOnly', 'SameSite=Strict', 'Path=/']);
    const age = Number(cookie.rest[3]!.replace('Max-Age=', ''));
    expect(Math.abs(age - seconds)).toBeLessThan(5);
    expect(cookie.rest).toHaveLength(4);
    const own = await sdcpp.stranger.fetch('/health', {
      headers: { cookie: `sdcpp_auth=${cookie.value}` },
    });
    expect(await own.json()).toMatchObject({ username: 'anna' });
  });

  it('refuses with the words that the page looks for', async () => {
    expect(await logIn('anna', 'wrong')).toMatchObject({
      status: 401,
      body: { error: 'invalid_credentials', message: 'Unknown username or wrong password.' },
    });
    expect(await sdcpp.stranger.get('/models')).toMatchObject({
      status: 401,
      body: { error: 'unauthorized', message: expect.stringContaining('token') as string },
    });
    const { headers } = await sdcpp.stranger.get('/models');
    expect(headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  it.each([
    {},
    { username: 'anna' },
    { username: 7, password: 'x' },
    { username: 'a', password: 'b', c: 1 },
  ])('refuses %j', async (body) => {
    const answer = await sdcpp.stranger.post('/auth/login', body);
    expect([answer.status, typeof answer.body['error']]).toEqual([400, 'string']);
  });

  it('is braked as every log in is', async () => {
    for (let time = 0; time < 10; time += 1) await logIn('berta', 'wrong');
    const { status, headers } = await logIn('berta', 'wrong');
    expect([status, Number(headers.get('retry-after')) > 0]).toEqual([429, true]);
  });

  it('says where nobody can', async () => {
    const open = await createTestApp({ env: { ATELIER_AUTH_METHODS: 'none' } });
    try {
      const login = { username: 'anna', password: 'x' };
      expect(await send(open.app, 'POST', '/sdcpp/auth/login', {}, login)).toMatchObject({
        status: 400,
        body: { error: 'auth_disabled', message: expect.any(String) as string },
      });
      expect((await send(open.app, 'GET', '/sdcpp/health')).body).toMatchObject({
        features: { auth_required: false },
        model_loaded: true,
      });
    } finally {
      await open.close();
    }
  });
});

describe('POST /auth/logout', () => {
  it('ends the log in, and removes the cookie', async () => {
    const { body } = await logIn('anna');
    const anna = new SdcppClient(sdcpp.server.listenerOf('sdcpp'), String(body['token']));
    const answer = await anna.send('POST', '/auth/logout');
    expect(answer).toMatchObject({ status: 200, body: { success: true, message: 'Logged out' } });
    expect(cookieOf(answer.headers)).toMatchObject({ value: '' });
    expect(answer.headers.get('set-cookie')).toContain('Max-Age=0');
    expect((await anna.get('/models')).status).toBe(401);
    expect((await anna.send('POST', '/auth/logout')).status).toBe(200);
  });

  it('needs no log in', async () => {
    expect((await sdcpp.stranger.post('/auth/logout')).status).toBe(200);
  });
});

describe('GET /login', () => {
  it('is a page that needs nothing from elsewhere, and runs nothing but its own', async () => {
    const answer = await sdcpp.stranger.fetch('/login?redirect=/ui/');
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
    const page = await answer.text();
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    for (const tag of ['script', 'style']) {
      const [, text = ''] = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(page)!;
      const hash = createHash('sha256').update(text).digest('base64');
      expect(policy).toContain(`${tag}-src 'sha256-${hash}'`);
    }
    expect(page).not.toMatch(/(?:src|href)="(?!data:)/);
    expect(page).toContain('data-to="/ui/"');
  });

  it('leads to nowhere else', async () => {
    for (const redirect of ['https://evil.example', '//evil.example', '/\\evil.example']) {
      const answer = await sdcpp.stranger.fetch(`/login?redirect=${encodeURIComponent(redirect)}`);
      expect(await answer.text()).toContain('data-to="/output"');
    }
    const below = await fetch(`${await baseOf()}/sdcpp/login`);
    expect(await below.text()).toContain('data-to="/sdcpp/output"');
  });
});

async function baseOf(): Promise<string> {
  return sdcpp.server.app.getUrl();
}
