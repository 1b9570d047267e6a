import { expect, it } from 'vitest';
import { randomNumbers, testSeed } from '../support/random.js';
import { startServer } from '../support/server.js';
import { KillTest } from './kills.js';

/** A job under which the server died ten times waits ten minutes for its turn. */
const PLAN = { kills: 200, longestLife: 8000, within: 1_800_000 };

it('loses no job of five dialects in 200 kills of the server and its engine', async () => {
  const seed = testSeed();
  process.stderr.write(`ATELIER_TEST_SEED=${seed}\n`);
  const server = await startServer({ env: { ATELIER_JOBS_PER_USER: '10000' } });
  const report = await new KillTest(server, randomNumbers(seed), PLAN).run();
  process.stderr.write(`${JSON.stringify(report)}\n`);
  expect(report.problems).toEqual([]);
  expect(report.completed).toBeGreaterThan(PLAN.kills / 4);
}, 7_200_000);
