// From the start of the process to the first answered request, without loading a model.
import { median, ms } from './lib/numbers.mjs';
import { startServer } from './lib/server.mjs';

/** @type {number[]} */
const times = [];
for (let round = 0; round < 5; round += 1) {
  const server = await startServer();
  times.push(server.startMs);
  await server.stop();
}
console.log('start to first answer, 5 starts');
console.log(
  `  median ${ms(median(times))}, longest ${ms(Math.max(...times))} (wanted: under 2000 ms)`,
);
