import { userInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { ADMIN_PASSWORD } from '../support/app.js';
import { bearer } from '../support/auth.js';
import { call } from '../support/client.js';
import {
  LISTED,
  METHODS,
  NAMED_HOST,
  SITES,
  codeOf,
  originServers,
  ownOf,
  type Server,
} from '../support/origins.js';

const servers = originServers();

interface Way {
  name: string;
  /** Whether a browser or a proxy adds the credential by itself. */
  ambient: boolean;
  server: () => Server;
  listener: 'main' | 'sdcpp' | 'unix';
  path: string;
  headers: () => Record<string, string>;
}

const basic = `Basic ${Buffer.from(`admin:${ADMIN_PASSWORD}`).toString('base64')}`;
const cookie = (): Record<string, string> => ({ cookie: `sdcpp_auth=${servers().closed.token}` });
const nothing = (): Record<string, string> => ({});

const WAYS: Way[] = [
  ...(['main', 'unix', 'sdcpp'] as const).flatMap((listener): Way[] => {
    const path = listener === 'sdcpp' ? '/queue' : '/api/queue/history';
    return [
      {
        name: 'a token',
        ambient: false,
        server: () => servers().closed,
        listener,
        path,
        headers: () => bearer(servers().closed.token),
      },
      {
        name: 'a key',
        ambient: false,
        server: () => servers().closed,
        listener,
        path,
        headers: () => ({ 'x-api-key': servers().closed.key }),
      },
      {
        name: 'a key where none is needed',
        ambient: false,
        server: () => servers().open,
        listener,
        path,
        headers: () => ({ 'x-api-key': servers().open.key }),
      },
      {
        name: 'nothing where none is needed',
        ambient: true,
        server: () => servers().open,
        listener,
        path,
        headers: nothing,
      },
    ];
  }),
  {
    name: 'the cookie',
    ambient: true,
    server: () => servers().closed,
    listener: 'sdcpp',
    path: '/queue',
    headers: cookie,
  },
  {
    name: 'the cookie',
    ambient: true,
    server: () => servers().closed,
    listener: 'main',
    path: '/sdcpp/queue',
    headers: cookie,
  },
  {
    name: 'the cookie',
    ambient: true,
    server: () => servers().closed,
    listener: 'unix',
    path: '/sdcpp/queue',
    headers: cookie,
  },
  {
    name: 'a cookie and a token',
    ambient: false,
    server: () => servers().closed,
    listener: 'main',
    path: '/sdcpp/queue',
    headers: () => ({ ...cookie(), ...bearer(servers().closed.token) }),
  },
  {
    name: 'a password by Basic',
    ambient: true,
    server: () => servers().closed,
    listener: 'main',
    path: '/sdapi/v1/progress',
    headers: () => ({ authorization: basic }),
  },
  {
    name: 'a key by Basic',
    ambient: true,
    server: () => servers().closed,
    listener: 'main',
    path: '/sdapi/v1/progress',
    headers: () => ({
      authorization: `Basic ${Buffer.from(`x:${servers().closed.key}`).toString('base64')}`,
    }),
  },
  {
    name: "the kernel's word",
    ambient: true,
    server: () => servers().closed,
    listener: 'unix',
    path: '/api/queue/history',
    headers: () => ({ 'x-unix-user': userInfo().username }),
  },
  {
    name: "a trusted proxy's word",
    ambient: true,
    server: () => servers().proxied,
    listener: 'main',
    path: '/api/queue/history',
    headers: () => ({ 'x-unix-user': 'somebody' }),
  },
  {
    name: 'a sign in',
    ambient: true,
    server: () => servers().closed,
    listener: 'main',
    path: '/sdcpp/auth/login',
    headers: () => bearer('not looked at'),
  },
];

describe('a request', () => {
  it.each(WAYS)(
    'with $name at $path of $listener is refused where a foreign page sent it with it',
    async (way) => {
      const server = way.server();
      const base = server[way.listener];
      const own = ownOf(base);
      const host = new URL(own).host;
      const wrong: unknown[] = [];
      for (const { name, foreign, headers } of SITES) {
        for (const method of METHODS) {
          // The sign in answers POST alone, and its token is one of the fields.
          if (way.path.endsWith('/login') && method !== 'POST') continue;
          const code = await codeOf(base, {
            path: way.path,
            method,
            headers: { host, ...way.headers(), ...headers(own) },
          });
          const safe = method === 'GET' || method === 'HEAD';
          // A listed page may call what needs no credential, but is nobody there.
          const listed = name === 'a listed origin' && way.name.startsWith('nothing');
          const refused = way.ambient && foreign && !safe && !listed;
          if ((code === 'CROSS_ORIGIN_REFUSED') !== refused) wrong.push({ name, method, code });
          if (safe && typeof code === 'string') wrong.push({ name, method, code });
        }
      }
      expect(wrong).toEqual([]);
    },
  );

  it('of a listed page that shows nothing is no anonymous one', async () => {
    const clear = { path: '/api/queue/clear', method: 'POST' } as const;
    const { status } = await call(servers().open.main, { ...clear, headers: { origin: LISTED } });
    expect(status).toBe(401);
    expect((await call(servers().open.main, clear)).status).toBe(200);
  });

  it('of a listed page may log in', async () => {
    for (const { main } of [servers().closed, servers().open]) {
      const { status } = await call(main, {
        path: '/api/auth/login',
        method: 'POST',
        headers: { origin: LISTED, 'sec-fetch-site': 'cross-site' },
        body: { username: 'admin', password: ADMIN_PASSWORD },
      });
      expect(status).toBe(200);
    }
  });

  it('with the body of a plain form is understood nowhere', async () => {
    for (const type of ['application/x-www-form-urlencoded', 'text/plain']) {
      for (const path of ['/api/auth/login', '/sdcpp/auth/login', '/sdapi/v1/options']) {
        const { status } = await call(servers().open.main, {
          path,
          method: 'POST',
          headers: { 'content-type': type },
          body: 'username=admin&password=x',
        });
        expect({ type, path, status }).toEqual({ type, path, status: 415 });
      }
    }
  });

  it('by another spelling of the address of the sign in is refused all the same', async () => {
    const { status, bytes } = await call(servers().closed.main, {
      path: '/%73dcpp/auth/login',
      method: 'POST',
      headers: { origin: 'http://elsewhere.example' },
      body: { username: 'admin', password: ADMIN_PASSWORD },
    });
    expect([status, bytes.toString()]).toEqual([
      403,
      expect.stringContaining('CROSS_ORIGIN_REFUSED') as string,
    ]);
  });
});

describe('behind a trusted proxy', () => {
  const ask = (headers: Record<string, string>) =>
    codeOf(servers().proxied.main, { path: '/api/queue/clear', method: 'POST', headers });

  it('the address that the proxy tells is the own one', async () => {
    const forwarded = { 'x-forwarded-host': NAMED_HOST, 'x-forwarded-proto': 'https' };
    expect(await ask({ ...forwarded, origin: `https://${NAMED_HOST}` })).toBe(200);
    expect(await ask({ ...forwarded, origin: `https://${NAMED_HOST}:443` })).toBe(200);
    expect(await ask({ ...forwarded, origin: `http://${NAMED_HOST}` })).toBe(
      'CROSS_ORIGIN_REFUSED',
    );
    expect(await ask({ ...forwarded, origin: servers().proxied.main })).toBe(
      'CROSS_ORIGIN_REFUSED',
    );
  });

  it('nobody else is believed who tells one', async () => {
    const headers = { 'x-forwarded-host': NAMED_HOST, origin: `http://${NAMED_HOST}` };
    const clear = { path: '/api/queue/clear', method: 'POST' };
    expect(await codeOf(servers().open.main, { ...clear, headers })).toBe('CROSS_ORIGIN_REFUSED');
  });

  it('the cookie is one of this host alone, and no other counts', async () => {
    const tls = { 'x-forwarded-proto': 'https' };
    const reply = await call(servers().proxied.main, {
      path: '/sdcpp/auth/login',
      method: 'POST',
      headers: tls,
      body: { username: 'admin', password: ADMIN_PASSWORD },
    });
    const [header = ''] = reply.headers['set-cookie'] ?? [];
    expect(header).toMatch(
      /^__Host-sdcpp_auth=[^;]+; HttpOnly; SameSite=Strict; Path=\/; Max-Age=\d+; Secure$/,
    );
    const [pair = ''] = header.split(';');
    const usernameWith = async (headers: Record<string, string>): Promise<unknown> => {
      const { bytes } = await call(servers().proxied.main, { path: '/sdcpp/health', headers });
      return (JSON.parse(bytes.toString()) as Record<string, unknown>)['username'];
    };
    expect(await usernameWith({ ...tls, cookie: pair })).toBe('admin');
    expect(await usernameWith({ ...tls, cookie: pair.replace('__Host-', '') })).not.toBe('admin');
    expect(await usernameWith({ cookie: pair })).not.toBe('admin');
  });
});
