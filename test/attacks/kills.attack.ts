import { expect, it } from 'vitest';
import { randomNumbers, testSeed } from '../support/random.js';
import { startServer } from '../support/server.js';
import { KillTest } from './kills.js';

/** `kills.long.ts` does it two hundred times. */
const PLAN = { kills: 8, longestLife: 3000, within: 120_000 };

it('loses no job of five dialects when the server and its engine are killed', async () => {
  const seed = testSeed();
  process.stderr.write(`ATELIER_TEST_SEED=${seed}\n`);
  const server = await startServer({ env: { ATELIER_JOBS_PER_USER: '10000' } });
  const report = await new KillTest(server, randomNumbers(seed), PLAN).run();
  process.stderr.write(`${JSON.stringify(report)}\n`);
  expect(report.problems).toEqual([]);
  expect(report.completed).toBeGreaterThan(PLAN.kills);
});
