import { describe, expect, it } from 'vitest';
import { sharedServer } from '../support/server.js';
import { STOP_LIMIT_MS, STOP_SERVER } from '../support/stop-load.js';
import { restartRound, stopRound } from '../support/stop-rounds.js';

const ROUNDS = Array.from({ length: 20 }, (_, index) => index + 1);

describe('a server with waiting clients, event streams, sockets and half-sent requests', () => {
  const server = sharedServer(STOP_SERVER);

  it.for(ROUNDS)('ends in time when it gets SIGTERM: %i of 20', async (_, { annotate }) => {
    const tookMs = await stopRound(server());
    await annotate(`${Math.round(tookMs)} ms`);
    expect(tookMs).toBeLessThan(STOP_LIMIT_MS);
  });

  it.for(ROUNDS)('is back in time after a restart: %i of 20', async (_, { annotate }) => {
    const { tookMs, startMs } = await restartRound(server());
    await annotate(`${Math.round(tookMs)} ms, of which a start takes ${Math.round(startMs)} ms`);
    expect(tookMs - startMs).toBeLessThan(STOP_LIMIT_MS);
  });
});
