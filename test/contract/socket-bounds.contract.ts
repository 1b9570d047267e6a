import { get } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { StreamLimiter } from '../../src/connections/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { addUser, bearer, tokenOf } from '../support/auth.js';
import { JobFeed } from '../support/job-feed.js';
import { PlainFeed } from '../support/plain-feed.js';
import { SdcppFeed } from '../support/sdcpp-feed.js';
import { until } from '../support/until.js';

const LIMIT = 2;

let server: TestApp;
let address: string;
let token: string;
const open: { close(): void }[] = [];

function held<Feed extends { close(): void }>(feed: Feed): Feed {
  open.push(feed);
  return feed;
}

beforeEach(async () => {
  server = await createTestApp({
    env: {
      ATELIER_SOCKETS_PER_USER: String(LIMIT),
      ATELIER_SIGN_IN_SOCKETS_PER_ADDRESS: String(LIMIT),
      ATELIER_SOCKET_SIGN_IN_SECONDS: '1',
    },
  });
  await addUser(server.app, 'anna', 'user');
  address = await server.listen();
  token = await tokenOf(server.app, 'anna');
});

afterEach(async () => {
  for (const one of open.splice(0)) one.close();
  await server.close();
});

/** How an upgrade is answered: 101, or a refusal. */
function upgrade(path: string, headers: Record<string, string> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const all = {
      ...headers,
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    };
    const request = get(`${address}${path}`, { headers: all }, (reply) => {
      let body = '';
      reply.on('data', (chunk: Buffer) => (body += chunk.toString()));
      reply.on('end', () => resolve(`${reply.statusCode} ${body}`));
    });
    request.on('upgrade', (_, socket) => {
      held({ close: () => socket.destroy() });
      resolve('101');
    });
    request.on('error', reject);
  });
}

function takesFirstMessage(): Promise<{ code: number; reason: string }> {
  return PlainFeed.open(address, { first: { type: 'auth', token } }).then(
    (feed) => held(feed).closed,
  );
}

/** How many connections of this machine may still come without a credential. */
function freePlaces(): number {
  const limiter = server.app.get(StreamLimiter);
  const places: (() => void)[] = [];
  try {
    for (;;) places.push(limiter.takeSignIn('127.0.0.1'));
  } catch {
    return places.length;
  } finally {
    for (const place of places) place();
  }
}

describe('the sockets of one user', () => {
  it('are bounded over all kinds of them, and a place is free again when one is closed', async () => {
    const plain = held(await PlainFeed.open(address, { headers: bearer(token) }));
    held(await SdcppFeed.open(`${address}/sdcpp/ws`, { headers: bearer(token) }));
    expect(await upgrade('/ws', bearer(token))).toMatch(/^429 .*TOO_MANY_SOCKETS/);
    expect(await upgrade('/sdcpp/ws', bearer(token))).toMatch(/^429 .*TOO_MANY_SOCKETS/);
    expect(await takesFirstMessage()).toEqual({ code: 4429, reason: 'TOO_MANY_SOCKETS' });
    const refused = await JobFeed.open(address, token).catch((error: unknown) => error);
    expect(refused).toMatchObject({ data: { code: 'TOO_MANY_SOCKETS' } });

    plain.close();
    const feed = await until('a place', 10_000, () =>
      JobFeed.open(address, token).catch(() => undefined),
    );
    held(feed);
  });

  it('do not count against another user', async () => {
    for (let count = 0; count < LIMIT; count += 1)
      held(await PlainFeed.open(address, { headers: bearer(token) }));
    const admin = await tokenOf(server.app);
    held(await PlainFeed.open(address, { headers: bearer(admin) }));
    expect(await upgrade('/ws', bearer(token))).toMatch(/^429/);
  });
});

describe('sockets without a credential', () => {
  const PATHS = ['/ws', '/socket.io/?EIO=4&transport=websocket'];

  it.for(PATHS)('are bounded for each address: %s', async (path) => {
    for (let count = 0; count < LIMIT; count += 1) expect(await upgrade(path)).toBe('101');
    for (const other of PATHS) expect(await upgrade(other)).toMatch(/TOO_MANY_SOCKETS/);
    // Who shows a credential is not kept out by them.
    expect(await upgrade('/ws', bearer(token))).toBe('101');
    await expect.poll(freePlaces, { timeout: 10_000 }).toBe(LIMIT);
  });

  it('are closed when none comes in time, over a plain WebSocket', async () => {
    const feed = held(await PlainFeed.open(address));
    expect((await feed.closed).code).toBe(4408);
  });

  it.for(['websocket', 'polling'])(
    'are closed when none comes in time, over socket.io: %s',
    async (transport) => {
      // The connection of engine.io is made, and nothing is joined.
      const socket =
        transport === 'websocket'
          ? await upgrade('/socket.io/?EIO=4&transport=websocket')
          : await upgradeless('/socket.io/?EIO=4&transport=polling');
      expect(socket).toMatch(/^101|^200/);
      expect(freePlaces()).toBe(LIMIT - 1);
      await until('its place', 10_000, () => freePlaces() === LIMIT);
    },
  );

  it('leave no connection behind that was refused', async () => {
    const socket = new WebSocket(`${address.replace('http', 'ws')}/ws`, {
      headers: bearer('garbage'),
    });
    socket.on('error', () => undefined);
    held({ close: () => socket.terminate() });
    await new Promise((resolve) => socket.once('close', resolve));
    await expect.poll(freePlaces, { timeout: 10_000 }).toBe(LIMIT);
  });
});

async function upgradeless(path: string): Promise<string> {
  const reply = await fetch(`${address}${path}`);
  return `${reply.status} ${await reply.text()}`;
}
