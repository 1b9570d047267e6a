// How much of the addon's own pace comes out of the whole server: HTTP, queue, engine process, SQLite, file.
// Both draw the same pictures in turns, ten at a time, so that whatever else the machine does hits both alike.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { median, ms, sum } from './lib/numbers.mjs';
import { openClient, startServer } from './lib/server.mjs';

const ROUNDS = 10;
const BLOCK = 10;

/** @param {number} round */
function block(round) {
  return Array.from({ length: BLOCK }, (_, index) => ({
    prompt: 'red apple',
    seed: round * BLOCK + index,
    steps: 8,
  }));
}

const bare = fork(join(import.meta.dirname, 'lib/addon-loop.mjs'));
await once(bare, 'message');
const server = await startServer();
const client = await openClient(server);

/**
 * @param {import('./lib/server.mjs').Body[]} bodies
 * @returns {Promise<number[]>}
 */
async function bareRun(bodies) {
  bare.send(bodies);
  const [times] = await once(bare, 'message');
  return times;
}

await bareRun(block(100).slice(0, 2));
await client.run(block(100).slice(0, 2));

/** @type {number[]} */
const inBareLoop = [];
/** @type {number[]} */
const throughServer = [];
for (let round = 0; round < ROUNDS; round += 1) {
  inBareLoop.push(...(await bareRun(block(round))));
  throughServer.push(...(await client.run(block(round))));
}
client.close();
await server.stop();
bare.kill();

console.log(`throughput, ${ROUNDS * BLOCK} pictures each, 128x128, 8 steps`);
console.log(`  addon in a bare loop  median ${ms(median(inBareLoop))}`);
console.log(`  through the server    median ${ms(median(throughServer))}`);
console.log(
  `  ratio of throughputs  ${(sum(inBareLoop) / sum(throughServer)).toFixed(3)} (wanted: 0.95 or more)`,
);
