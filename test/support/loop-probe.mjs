// Loaded into a server by `--import`: tells how long its main thread was busy without letting anything else in.
// It counts the processor's time of that thread, so that a machine with other work changes nothing.
import { Worker } from 'node:worker_threads';

const EVERY_MS = 5;
const longest = new SharedArrayBuffer(8);
const view = new Float64Array(longest);

const used = () => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

let before = used();
setInterval(() => {
  const now = used();
  view[0] = Math.max(view[0] ?? 0, now - before);
  before = now;
}, EVERY_MS).unref();

const program = `
  const { workerData } = require('node:worker_threads');
  const { createServer } = require('node:http');
  const view = new Float64Array(workerData);
  const server = createServer((request, response) => {
    response.end(String(view[0]));
    view[0] = 0;
  });
  server.listen(0, '127.0.0.1', () => {
    process.stdout.write('Loop probe on http://127.0.0.1:' + server.address().port + '\\n');
  });
`;
new Worker(program, { eval: true, workerData: longest }).unref();
