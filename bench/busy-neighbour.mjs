// What is left of the pace when another process keeps one core busy, in turns with an idle machine.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { median, ms, sum } from './lib/numbers.mjs';
import { openClient, startServer } from './lib/server.mjs';

const ROUNDS = 4;
const BLOCK = 8;

const bodies = Array.from({ length: BLOCK }, (_, seed) => ({
  prompt: 'red apple',
  seed,
  steps: 8,
}));
const server = await startServer();
const client = await openClient(server);
await client.run(bodies.slice(0, 2));

/**
 * @template T
 * @param {() => Promise<T>} work
 */
async function withNeighbour(work) {
  const neighbour = fork(join(import.meta.dirname, 'lib/busy-loop.mjs'));
  await once(neighbour, 'message');
  try {
    return await work();
  } finally {
    neighbour.kill('SIGKILL');
    await once(neighbour, 'exit');
  }
}

/** @type {number[]} */
const idle = [];
/** @type {number[]} */
const busy = [];
for (let round = 0; round < ROUNDS; round += 1) {
  idle.push(...(await client.run(bodies)));
  busy.push(...(await withNeighbour(() => client.run(bodies))));
}
client.close();
await server.stop();

console.log(`busy neighbour, ${ROUNDS * BLOCK} pictures each, 128x128, 8 steps`);
console.log(`  idle machine          median ${ms(median(idle))}`);
console.log(`  one core kept busy    median ${ms(median(busy))}`);
console.log(`  ratio of throughputs  ${(sum(idle) / sum(busy)).toFixed(3)} (wanted: above 0.5)`);
