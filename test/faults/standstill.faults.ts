import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../src/common/index.js';
import { call } from '../support/client.js';
import { HeldConnection, requestText } from '../support/held-connection.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

const PRELOAD = join(PACKAGE_ROOT, 'test/support/block-event-loop.mjs');

/** A server whose event loop can be made to stand still for so many milliseconds. */
function startBlockable(blockMs: number, env: Record<string, string> = {}): Promise<TestServer> {
  return startServer({
    env: { NODE_OPTIONS: `--import=${PRELOAD}`, BLOCK_MS: String(blockMs), ...env },
  });
}

/** Waits for what the server writes. */
function logged(server: TestServer, text: string): Promise<true | undefined> {
  return until(`"${text}" in the log`, 20_000, () => server.log.includes(text) || undefined);
}

describe('a server whose event loop stands still', () => {
  it('logs after two seconds what stands in the way, and goes on', async () => {
    const server = await startBlockable(3000);
    const headers = { authorization: `Bearer ${server.admin.token}` };
    const request = requestText('GET', '/mold/api/resources/stream', { headers });
    const stream = await HeldConnection.open(server.url, request);
    await until('the stream', 20_000, () => stream.received.includes('200 OK') || undefined);
    process.kill(server.pid, 'SIGUSR2');
    await logged(server, 'standStillOnPurpose');
    expect(server.log).toContain('The event loop has stood still for');
    expect(server.log).toContain('block-event-loop.mjs');
    expect(server.log).toMatch(/Requests in progress: [^"]*GET \/mold\/api\/resources\/stream/);
    expect((await call(server.url, { path: '/api/health' })).status).toBe(200);
    expect(await server.stop()).toEqual({ code: 0, signal: null });
    await stream.closed;
  });

  it('ends after the limit with a code of its own', async () => {
    const server = await startBlockable(120_000, { ATELIER_WATCHDOG_END_SECONDS: '4' });
    process.kill(server.pid, 'SIGUSR2');
    await logged(server, 'the process ends with the code 70');
    expect(await server.ended()).toEqual({ code: 70, signal: null });
    await server.boot();
    expect((await call(server.url, { path: '/api/health' })).status).toBe(200);
  });

  it('is none where the process was stopped and goes on, as a machine that slept', async () => {
    const server = await startBlockable(0, {
      ATELIER_WATCHDOG_REPORT_SECONDS: '1',
      ATELIER_WATCHDOG_END_SECONDS: '2',
    });
    process.kill(server.pid, 'SIGSTOP');
    // Longer than both limits; there is nothing to wait for while the process is stopped.
    await pause(4000);
    process.kill(server.pid, 'SIGCONT');
    expect((await call(server.url, { path: '/api/health' })).status).toBe(200);
    // Long enough for a report that must not come.
    await pause(1500);
    expect((await call(server.url, { path: '/api/health' })).status).toBe(200);
    expect(server.log).not.toContain('Watchdog');
  });
});
