// Asks for the health of a server ten times a second, from an address of its own, until its input ends; then tells
// how long the answers took, in milliseconds.
import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

const [url = ''] = process.argv.slice(2);
const { hostname, port } = new URL(url);
let running = true;
process.stdin.resume();
process.stdin.once('end', () => (running = false));

/** @type {number[]} */
const times = [];
let faults = 0;

function ask() {
  return new Promise((resolve) => {
    const asked = performance.now();
    const sent = request(
      { hostname, port, path: '/api/health', localAddress: '127.0.0.9' },
      (answer) => {
        answer.resume();
        answer.on('end', () => {
          times.push(performance.now() - asked);
          if (answer.statusCode !== 200) faults += 1;
          resolve(undefined);
        });
      },
    );
    sent.on('error', () => {
      faults += 1;
      resolve(undefined);
    });
    sent.end();
  });
}

while (running) {
  await ask();
  await pause(100);
}
const sorted = times.toSorted((one, other) => one - other);
const at = (/** @type {number} */ share) => sorted[Math.floor(share * (sorted.length - 1))];
process.stdout.write(
  `${JSON.stringify({ answers: times.length, faults, p50: at(0.5), p99: at(0.99), longest: at(1) })}\n`,
);
