import { describe, expect, it } from 'vitest';
import { APPLE, call } from '../support/client.js';
import { childrenOf, residentBytes, waitedForProcessor } from '../support/processes.js';
import { startServer } from '../support/server.js';

/** Promised: start to first answered request, in milliseconds, save what busy neighbours take. */
const START_LIMIT = 2000;

const MIB = 1024 * 1024;

describe('a start', () => {
  it('is answered within two seconds, without loading a model', async ({ annotate }) => {
    const server = await startServer();
    const times: { wall: number; own: number }[] = [];
    for (let round = 0; round < 3; round += 1) {
      await server.stop();
      const begun = performance.now();
      await server.boot();
      const { status } = await call(server.url, { path: '/api/health' });
      const wall = performance.now() - begun;
      times.push({ wall, own: wall - (await waitedForProcessor(server.pid)) });
      expect(status).toBe(200);
    }
    const words = times.map(({ wall, own }) => `${Math.round(wall)} ms (own ${Math.round(own)})`);
    await annotate(`start to first answer: ${words.join(', ')}`);
    expect(Math.min(...times.map(({ own }) => own))).toBeLessThan(START_LIMIT);

    const engine = await server.enginePid();
    const before = await residentBytes(engine);
    await server.admin.draw(APPLE);
    const after = await residentBytes(engine);
    expect(after - before).toBeGreaterThan(40 * MIB);
  });
});

describe('an engine inside the server', () => {
  it('draws the same picture, with no process of its own', async () => {
    const inline = await startServer({ env: { ATELIER_ENGINE_ISOLATION: 'inline' } });
    const apart = await startServer();
    const picture = await inline.admin.draw(APPLE);
    expect(picture.equals(await apart.admin.draw(APPLE))).toBe(true);
    expect(await childrenOf(inline.pid)).toEqual([]);
    expect(await childrenOf(apart.pid)).toEqual([await apart.enginePid()]);
  });
});
