import { expect } from 'vitest';
import { call } from './client.js';
import type { TestServer } from './server.js';
import { StopLoad, STOP_LIMIT_MS, takeJobs } from './stop-load.js';
import { until } from './until.js';

async function ended(load: StopLoad): Promise<void> {
  expect(await load.problems()).toEqual([]);
  load.close();
}

/** SIGTERM under load; starts the server again. @returns milliseconds until the process had ended */
export async function stopRound(server: TestServer): Promise<number> {
  const load = await StopLoad.open(server);
  const begun = performance.now();
  const ending = await server.stop('SIGTERM');
  const tookMs = performance.now() - begun;
  await ended(load);
  expect(ending).toEqual({ code: 0, signal: null });
  await server.boot();
  expect(await takeJobs(server, load)).toEqual([]);
  return tookMs;
}

async function startTime(server: TestServer): Promise<number> {
  await server.stop();
  const begun = performance.now();
  await server.boot();
  return performance.now() - begun;
}

/** Milliseconds until the same process answered again, and those that a start takes on this machine. */
export interface RestartTimes {
  tookMs: number;
  startMs: number;
}

/** A restart under load. */
export async function restartRound(server: TestServer): Promise<RestartTimes> {
  const startMs = await startTime(server);
  const load = await StopLoad.open(server);
  const { pid } = server;
  const logged = server.log.length;
  const begun = performance.now();
  const reply = await server.admin.api({ path: '/api/system/restart', method: 'POST' });
  expect(reply.status).toBe(200);
  await until('the restarted server', STOP_LIMIT_MS * 5, async () => {
    if (!server.log.slice(logged).includes('Listening on http')) return false;
    const health = await call(server.url, { path: '/api/health' }).catch(() => undefined);
    return health?.status === 200;
  });
  const tookMs = performance.now() - begun;
  await ended(load);
  expect(server.pid).toBe(pid);
  expect(await takeJobs(server, load)).toEqual([]);
  return { tookMs, startMs };
}
