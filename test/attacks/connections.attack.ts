import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../support/client.js';
import { HeldConnection, requestText } from '../support/held-connection.js';
import { sharedServer } from '../support/server.js';
import { until } from '../support/until.js';

/** Connections that an attacker opens, and how many at a time. */
const STREAMS = 1000;
const SOCKETS = 1500;
const AT_ONCE = 100;

/** As `src/config/connections.config.ts` has them. */
const STREAMS_PER_USER = 32;
const SIGN_IN_SOCKETS_PER_ADDRESS = 16;

/** Milliseconds until all of these are answered on a busy machine. */
const PATIENCE_MS = 60_000;

const UPGRADE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

const server = sharedServer();
let held: HeldConnection[] = [];

async function flood(count: number, text: (index: number) => string): Promise<HeldConnection[]> {
  const opened: HeldConnection[] = [];
  while (opened.length < count) {
    const some = Array.from({ length: AT_ONCE }, (_, index) =>
      HeldConnection.open(server().url, text(opened.length + index)),
    );
    opened.push(...(await Promise.all(some)));
  }
  held = held.concat(opened);
  await until('all answers', PATIENCE_MS, () => opened.every(({ received }) => received !== ''));
  return opened;
}

function answered(connections: HeldConnection[], status: string): number {
  return connections.filter(({ received }) => received.startsWith(`HTTP/1.1 ${status}`)).length;
}

async function expectHonestUse(): Promise<void> {
  expect((await call(server().url, { path: '/api/health' })).status).toBe(200);
  const feed = await server().feed();
  feed.close();
}

describe('many connections that last', () => {
  let token: string;

  beforeAll(async () => {
    const { admin } = server();
    await admin.api({
      path: '/api/users',
      body: { username: 'mallory', password: 'a password for tests', role: 'admin' },
    });
    ({ token } = await server().login('mallory'));
  });

  afterAll(() => {
    for (const one of held) one.destroy();
  });

  it('as a thousand event streams of one user are bounded, and others are served', async () => {
    const headers = { authorization: `Bearer ${token}` };
    const text = requestText('GET', '/mold/api/resources/stream', { headers });
    const streams = await flood(STREAMS, () => text);
    expect(answered(streams, '200')).toBe(STREAMS_PER_USER);
    expect(answered(streams, '429')).toBe(STREAMS - STREAMS_PER_USER);
    await expectHonestUse();
  });

  it('as 1,500 sockets without a credential are bounded, and others are served in time', async () => {
    const paths = ['/ws', '/socket.io/?EIO=4&transport=websocket', '/sdcpp/ws'];
    const sockets = await flood(SOCKETS, (index) =>
      requestText('GET', paths[index % paths.length]!, { headers: UPGRADE }),
    );
    // Those of sdcpp are told after the upgrade that they showed nothing, and end.
    const waiting = sockets.filter(
      ({ received }) => received.startsWith('HTTP/1.1 101') && !received.includes('AUTH_REQUIRED'),
    );
    expect(waiting.length).toBeLessThanOrEqual(SIGN_IN_SOCKETS_PER_ADDRESS);
    // Honest clients of the same address share its places, and come in when the time of the others is over.
    await until('a place', PATIENCE_MS, () =>
      expectHonestUse().then(
        () => true,
        () => false,
      ),
    );
    expect((await call(server().url, { path: '/api/health' })).status).toBe(200);
  });
});
