import { describe, expect, it } from 'vitest';
import { APPLE, call, jsonOf, SLOW_APPLE } from '../support/client.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

/** Milliseconds that a drained server may take until it answers again on a busy machine. */
const PATIENCE = 30_000;

async function uptime(server: TestServer): Promise<number> {
  const reply = await server.admin.api({ path: '/api/system' });
  return jsonOf<{ system: { process: { uptime: number } } }>(reply).system.process.uptime;
}

/** Waits until another run of the program answers than the one whose log ends here. */
function backAgain(server: TestServer, logLength: number): Promise<true | undefined> {
  return until('the server listens again', PATIENCE, () =>
    server.log.slice(logLength).includes('Listening on ') ? true : undefined,
  );
}

describe('a restart', () => {
  it('comes back in the same process on the same port, and the running job is not lost', async () => {
    const server = await startServer({ env: { ATELIER_DRAIN_SECONDS: '0' } });
    const { pid, url } = server;
    const enginePid = await server.enginePid();
    const feed = await server.feed();
    const running = await server.admin.submit(SLOW_APPLE);
    const waiting = await server.admin.submit(APPLE);
    await feed.untilStep(running, 3);

    const before = server.log.length;
    const reply = await server.admin.api({ path: '/api/system/restart', method: 'POST' });
    expect(reply.status).toBe(200);
    expect(jsonOf(reply)).toEqual({ message: 'Server restart initiated' });
    await backAgain(server, before);

    expect(server.url).toBe(url);
    process.kill(pid, 0);
    expect(await uptime(server)).toBeLessThan(PATIENCE / 1000);
    for (const id of [running, waiting]) {
      const { status, attempts } = await server.admin.waitForJob(id);
      expect({ status, attempts }).toEqual({ status: 'completed', attempts: 1 });
    }
    expect(await server.enginePid()).not.toBe(enginePid);
    expect(await server.stop()).toEqual({ code: 0, signal: null });
  });

  it('gives way to a signal that comes meanwhile', async () => {
    const server = await startServer({ env: { ATELIER_DRAIN_SECONDS: '20' } });
    const feed = await server.feed();
    const id = await server.admin.submit({ ...SLOW_APPLE, steps: 20 });
    await feed.untilStep(id, 1);
    await server.admin.api({ path: '/api/system/restart', method: 'POST' });
    expect(await server.stop('SIGTERM')).toEqual({ code: 0, signal: null });
    await server.boot();
    expect((await server.admin.waitForJob(id)).status).toBe('completed');
  });

  it('is for administrators', async () => {
    const server = await startServer();
    const reply = await call(server.url, { path: '/api/system/restart', method: 'POST' });
    expect(reply.status).toBe(401);
  });
});
