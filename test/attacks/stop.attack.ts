import { describe, expect, it } from 'vitest';
import { call, ENDLESS_APPLE, jsonOf } from '../support/client.js';
import { sharedServer, startServer } from '../support/server.js';
import { STOP_LIMIT_MS, STOP_SERVER } from '../support/stop-load.js';
import { restartRound, stopRound } from '../support/stop-rounds.js';
import { until } from '../support/until.js';

const ROUNDS = [1, 2];

describe('a server with waiting clients, event streams, sockets and half-sent requests', () => {
  const server = sharedServer(STOP_SERVER);

  it.for(ROUNDS)(
    'ends within the drain time plus 5 s when it gets SIGTERM: %i',
    async (_, { annotate }) => {
      const tookMs = await stopRound(server());
      await annotate(`${Math.round(tookMs)} ms`);
      expect(tookMs).toBeLessThan(STOP_LIMIT_MS);
    },
  );

  it.for(ROUNDS)(
    'is back in the same process within the drain time plus 5 s after a restart: %i',
    async (_, { annotate }) => {
      const { tookMs, startMs } = await restartRound(server());
      await annotate(`${Math.round(tookMs)} ms, of which a start takes ${Math.round(startMs)} ms`);
      expect(tookMs - startMs).toBeLessThan(STOP_LIMIT_MS);
    },
  );
});

describe('a server that is stopping', () => {
  it('refuses new work, says so, and ends at once with a second signal', async () => {
    const server = await startServer({ env: { ATELIER_DRAIN_SECONDS: '60' } });
    const { admin, url, pid } = server;
    const id = await admin.submit(ENDLESS_APPLE);
    await until('the job', 30_000, async () => (await admin.job(id)).status === 'processing');
    const signalled = performance.now();
    process.kill(pid, 'SIGTERM');
    await until('the stop', 10_000, async () => {
      const { status } = await call(url, { path: '/api/health' });
      return status === 503;
    });
    const refused = await admin.api({ path: '/api/generate/text2img', body: ENDLESS_APPLE });
    expect(refused.status).toBe(503);
    expect(refused.headers['retry-after']).toBe('5');
    expect(jsonOf(refused)).toMatchObject({ error: { code: 'SERVER_STOPPING' } });
    const stream = await admin.api({ path: '/mold/api/resources/stream' });
    expect([stream.status, jsonOf<{ code: string }>(stream).code]).toEqual([
      503,
      'SERVER_STOPPING',
    ]);
    await expect(server.feed()).rejects.toThrow('websocket error');
    expect((await admin.job(id)).status).toBe('processing');
    // Two signals within half a second are one.
    await until('half a second', 2000, () => performance.now() - signalled > 600);
    expect(await server.stop('SIGTERM')).toEqual({ code: 143, signal: null });
    await server.boot();
    expect((await admin.job(id)).status).toBeOneOf(['queued', 'processing']);
  });
});
