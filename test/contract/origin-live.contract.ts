import { userInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { call } from '../support/client.js';
import { NAMED_HOST, SITES, codeOf, originServers } from '../support/origins.js';

const servers = originServers();

const cookie = (): Record<string, string> => ({ cookie: `sdcpp_auth=${servers().closed.token}` });

/** How a live connection is answered: `open`, or why it is not. */
function connect(address: string, headers: Record<string, string>): Promise<string> {
  return new Promise((resolve) => {
    const socket = new WebSocket(address.replace('http', 'ws'), { headers });
    const settle = (how: string): void => {
      resolve(how);
      socket.terminate();
    };
    socket.once('error', ({ message }) => settle(message));
    socket.once('unexpected-response', (_, response) => settle(String(response.statusCode)));
    socket.once('close', (code, reason) => settle(`${code} ${reason.toString()}`));
    // One that is let in is told something, or answers a ping; one that is turned away is closed at once.
    socket.once('open', () => socket.ping());
    socket.once('pong', () => settle('open'));
  });
}

function connectIo(
  base: string,
  transport: 'polling' | 'websocket',
  extraHeaders: Record<string, string>,
  auth: object = {},
): Promise<string> {
  return new Promise((resolve) => {
    const socket = io(base, {
      transports: [transport],
      extraHeaders,
      auth,
      forceNew: true,
      reconnection: false,
    });
    const settle = (how: string): void => {
      resolve(how);
      socket.disconnect();
    };
    socket.once('connect', () => settle('open'));
    socket.once('connect_error', (error) => {
      const { data } = error as { data?: { code?: string } };
      settle(data?.code ?? error.message);
    });
  });
}

describe('a live connection', () => {
  it.each(SITES)('of $name: foreign $foreign', async ({ headers, foreign, name }) => {
    const own = headers(servers().open.main);
    // The address bar opens no sockets, but costs nothing to try.
    expect(
      await connect(`${servers().closed.main}/sdcpp/ws`, {
        ...cookie(),
        ...headers(servers().closed.main),
      }),
    ).toBe(foreign ? '4401 CROSS_ORIGIN_REFUSED' : 'open');
    expect(
      await connect(
        `${servers().closed.main}/sdcpp/ws?token=${servers().closed.token}`,
        headers(servers().closed.main),
      ),
    ).toBe('open');
    expect(await connect(`${servers().open.main}/sdcpp/ws`, own)).toBe(
      foreign ? '4401 CROSS_ORIGIN_REFUSED' : 'open',
    );
    for (const transport of ['polling', 'websocket'] as const) {
      const how = { name, transport };
      const anonymous = await connectIo(servers().open.main, transport, own);
      expect({ ...how, anonymous }).toEqual({
        ...how,
        anonymous: foreign ? 'CROSS_ORIGIN_REFUSED' : 'open',
      });
      const explicit = await connectIo(servers().open.main, transport, own, {
        token: servers().open.token,
      });
      expect({ ...how, explicit }).toEqual({ ...how, explicit: 'open' });
    }
  });

  it('at /ws of a foreign page waits for a credential where an own one needs none', async () => {
    const greet = (headers: Record<string, string>, first?: object): Promise<string> =>
      new Promise((resolve) => {
        const socket = new WebSocket(`${servers().open.main.replace('http', 'ws')}/ws`, {
          headers,
        });
        const settle = (how: string): void => {
          resolve(how);
          socket.terminate();
        };
        socket.once('open', () => socket.send(JSON.stringify(first ?? { type: 'nothing' })));
        socket.once('message', () => settle('told'));
        socket.once('close', (code) => settle(String(code)));
      });
    const foreign = { origin: 'http://elsewhere.example' };
    expect(await greet(foreign)).toBe('4401');
    expect(await greet(foreign, { type: 'auth', token: servers().open.token })).toBe('told');
    expect(await greet({ origin: servers().open.main })).toBe('told');
  });
});

describe('the name of the host', () => {
  const own = '127.0.0.1:8080';
  const KNOWN = [
    own,
    '[::1]:8080',
    'localhost',
    'LOCALHOST:1',
    'a.localhost',
    `${NAMED_HOST}:99`,
    'deep.example.net',
    `${NAMED_HOST}.`,
  ];
  const UNKNOWN = [
    'rebound.example',
    '127.0.0.1.rebound.example',
    'localhost.rebound.example',
    'example.net',
    'a@127.0.0.1',
    `x${NAMED_HOST}`,
    '127.0.0.1,rebound.example',
  ];

  it.each([
    ...KNOWN.map((host) => [host, true] as const),
    ...UNKNOWN.map((host) => [host, false] as const),
  ])('%s is known where no credential is needed: %s', async (host, known) => {
    const requests = [
      ['main', '/api/health'],
      ['main', '/'],
      ['main', '/api/queue/history'],
      ['main', '/nowhere'],
      ['sdcpp', '/health'],
      ['unix', '/api/health'],
      ['main', '/socket.io/?EIO=4&transport=polling'],
    ] as const;
    for (const [listener, path] of requests) {
      const { status, bytes } = await call(servers().open[listener], { path, headers: { host } });
      const refused = status === 403 && /ATELIER_ALLOWED_HOSTS/.test(bytes.toString());
      expect({ path, refused }).toEqual({ path, refused: !known });
      expect((await call(servers().closed.main, { path, headers: { host } })).status).not.toBe(403);
    }
    for (const path of ['/ws', '/sdcpp/ws', '/socket.io/?EIO=4&transport=websocket']) {
      const how = await connect(`${servers().open.main}${path}`, { host });
      expect({ path, how: how === 'open' }).toEqual({ path, how: known });
    }
  });

  it('is asked of the Unix socket, too, where no proxy is trusted', async () => {
    const headers = { host: 'rebound.example', 'x-unix-user': userInfo().username };
    const request = { path: '/api/auth/me', method: 'GET', headers };
    expect(await codeOf(servers().closed.unix, request)).toBe('HOST_NOT_ALLOWED');
    expect(await codeOf(servers().closed.main, request)).toBe(401);
  });

  it('is what a trusted proxy was asked for', async () => {
    const ask = (host: string) =>
      codeOf(servers().proxied.main, {
        path: '/api/auth/me',
        method: 'GET',
        headers: { 'x-forwarded-host': host },
      });
    expect(await ask('rebound.example')).toBe('HOST_NOT_ALLOWED');
    expect(await ask(NAMED_HOST)).toBe(200);
  });
});
