import { describe, expect, it } from 'vitest';
import { call, jsonOf, type HttpReply } from '../support/client.js';
import { watchHealth } from '../support/health-watch.js';
import { PASSWORD, startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

/** A static file, which libuv's threads read. */
const FILE = '/favicon.svg';

const PROXY = { ATELIER_TRUSTED_PROXIES: '127.0.0.1' };

function signIn(
  { url }: TestServer,
  username: string,
  password: string,
  address?: string,
): Promise<HttpReply> {
  return call(url, {
    path: '/api/auth/login',
    headers: address === undefined ? {} : { 'x-forwarded-for': address },
    body: { username, password },
  });
}

async function timed(what: () => Promise<HttpReply>): Promise<{ status: number; ms: number }> {
  const start = performance.now();
  const { status } = await what();
  return { status, ms: performance.now() - start };
}

function numberOf(statuses: readonly number[], wanted: number): number {
  return statuses.filter((status) => status === wanted).length;
}

describe('guesses of passwords', () => {
  it.each([
    ['one address', (): string => '198.51.100.1'],
    ['200 addresses', (index: number): string => `198.51.100.${index}`],
  ])(
    'for 200 usernames at a time from %s keep neither the administrator nor files waiting',
    async (_, addressOf) => {
      const server = await startServer({ env: PROXY });
      expect((await signIn(server, 'admin', PASSWORD, '192.0.2.1')).status).toBe(200);
      const health = watchHealth(server.url);
      const guesses = Array.from({ length: 200 }, (__, index) =>
        signIn(server, `user${index}`, 'a guess', addressOf(index)),
      );
      const [admin, file] = await Promise.all([
        timed(() => signIn(server, 'admin', PASSWORD, '192.0.2.1')),
        timed(() => call(server.url, { path: FILE })),
      ]);
      const statuses = (await Promise.all(guesses)).map(({ status }) => status);
      const { faults, slowest } = await health();
      expect(admin.status).toBe(200);
      expect(admin.ms).toBeLessThan(3000);
      expect(file.status).toBe(200);
      expect(file.ms).toBeLessThan(3000);
      expect(faults).toEqual([]);
      expect(slowest).toBeLessThan(2000);
      expect(numberOf(statuses, 401)).toBeLessThan(100);
      const refused = numberOf(statuses, 429) + numberOf(statuses, 503);
      expect(numberOf(statuses, 401) + refused).toBe(200);
    },
  );

  it('are slowed from one address, whatever usernames they try, and are few entries in the audit log', async () => {
    const server = await startServer({ env: PROXY });
    const statuses: number[] = [];
    for (let index = 0; index < 60; index += 1)
      statuses.push((await signIn(server, `user${index}`, 'a guess', '198.51.100.1')).status);
    expect(numberOf(statuses, 401)).toBeLessThan(30);
    expect(numberOf(statuses, 429)).toBeGreaterThan(30);
    const { entries } = jsonOf<{ entries: { details: { count?: number } }[] }>(
      await server.admin.api({ path: '/api/audit?action=login.failed&limit=100' }),
    );
    const counted = entries.reduce((sum, { details }) => sum + (details.count ?? 1), 0);
    expect(counted).toBe(numberOf(statuses, 401));
    expect(entries.length).toBeLessThan(counted);
  });

  it('are slowed for one username, wherever they come from, and its owner comes in where they have been before', async () => {
    const server = await startServer({ env: PROXY });
    expect((await signIn(server, 'admin', PASSWORD, '2001:db8:1:2::3')).status).toBe(200);
    const statuses: number[] = [];
    for (let index = 0; index < 30; index += 1)
      statuses.push((await signIn(server, 'admin', 'a guess', `198.51.100.${index}`)).status);
    expect(numberOf(statuses, 401)).toBeLessThan(20);
    expect(numberOf(statuses, 429)).toBeGreaterThan(10);
    expect((await signIn(server, 'admin', PASSWORD, '2001:db8:1:2::4')).status).toBe(200);
    // What is known of addresses outlives the process.
    await server.stop();
    await server.boot();
    for (let index = 0; index < 12; index += 1)
      await signIn(server, 'admin', 'a guess', `198.51.100.${index}`);
    expect((await signIn(server, 'admin', PASSWORD, '2001:db8:1:2::5')).status).toBe(200);
  });

  it('behind a proxy that is not named delay its other clients by seconds, and the log names the setting', async () => {
    const server = await startServer({ loggedOut: true });
    const guess = async (index: number): Promise<number> =>
      (await signIn(server, 'admin', `guess ${index}`, '198.51.100.1')).status;
    for (let index = 0; index < 10; index += 1) expect(await guess(index)).toBe(401);
    // The first delay is 5 s; right passwords that come too early do not make it longer.
    await until('the administrator to come in', 15_000, async () => {
      const { status } = await signIn(server, 'admin', PASSWORD, '192.0.2.1');
      return status === 200;
    });
    // From now on, guesses at other names do not slow the administrator down at all.
    for (let index = 0; index < 30; index += 1)
      await signIn(server, `user${index}`, 'a guess', '198.51.100.1');
    expect((await signIn(server, 'admin', PASSWORD, '192.0.2.1')).status).toBe(200);
    expect(server.log.match(/name it in ATELIER_TRUSTED_PROXIES/g)).toHaveLength(1);
  });
});
