// `npm run demo`: from nothing to a picture, through the same doors that any client uses.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DemoClient } from './lib/demo-client.mjs';
import { jobTimes, pictureName, ProgressBar, timeTable } from './lib/demo-screen.mjs';
import { DemoServer } from './lib/demo-server.mjs';
import { root } from './lib/paths.mjs';
import { setUp } from './lib/set-up.mjs';
import { runMain, StepError } from './lib/step.mjs';

const usage = `npm run demo -- [--once] [--prompt "red apple"] [--seed 42] [--steps 20]`;

function readOptions() {
  const { values } = parseArgs({
    options: {
      once: { type: 'boolean', default: false },
      prompt: { type: 'string', default: 'red apple' },
      seed: { type: 'string', default: '42' },
      steps: { type: 'string' },
    },
  });
  const seed = wholeNumber('--seed', values.seed);
  const steps = values.steps === undefined ? undefined : wholeNumber('--steps', values.steps);
  return { once: values.once, request: { prompt: values.prompt, seed, ...(steps && { steps }) } };
}

/**
 * @param {string} name
 * @param {string} text
 */
function wholeNumber(name, text) {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new StepError(`${name} must be a whole number, not "${text}".\n${usage}`);
}

/** @type {[string, number][]} */
const times = [];

/**
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} part
 * @returns {Promise<T>}
 */
async function timed(name, part) {
  const start = performance.now();
  const result = await part();
  times.push([name, performance.now() - start]);
  return result;
}

/** @param {DemoServer} server */
async function logIn(server) {
  const client = new DemoClient(server.url);
  try {
    await timed('log in', () => client.logIn('admin', server.password));
  } catch (error) {
    const advice =
      `If ${server.folder} was made with another password, give it in ` +
      'ATELIER_ADMIN_PASSWORD, or choose another folder with ATELIER_DATA_DIR.';
    throw error instanceof StepError ? new StepError(`${error.message}\n${advice}`) : error;
  }
  return client;
}

/**
 * @param {DemoClient} client
 * @param {{ prompt: string, seed: number }} request
 */
async function draw(client, request) {
  const socket = await timed('open the socket', () => client.openSocket());
  const bar = new ProgressBar(process.stdout);
  /** @type {{ at: number, update: import('./lib/demo-client.mjs').Update }[]} */
  const moments = [];
  try {
    console.log(`  asking for "${request.prompt}", seed ${request.seed}`);
    const asked = performance.now();
    const id = await client.textToImage({ model_name: 'tiny-emoji', ...request });
    await socket.follow(id, (update) => {
      moments.push({ at: performance.now(), update });
      bar.show(update);
    });
    times.push(...jobTimes(asked, moments));
    return id;
  } finally {
    bar.end();
    socket.close();
  }
}

/**
 * @param {DemoClient} client
 * @param {{ prompt: string, seed: number }} request
 */
async function drawAndSave(client, request) {
  const id = await draw(client, request);
  const [output] = (await client.job(id)).outputs;
  if (!output) throw new StepError(`The job ${id} completed without a picture.`);
  const picture = await timed('download', () => client.download(output.url));
  const path = join(root, pictureName(request.prompt, request.seed));
  writeFileSync(path, picture);
  return { path, url: new URL(output.url, client.url), picture };
}

/**
 * @param {DemoServer} server
 * @param {{ prompt: string, seed: number }} request
 */
async function show(server, request) {
  const client = await logIn(server);
  const { path, url, picture } = await drawAndSave(client, request).catch((error) => {
    throw error instanceof StepError ? server.failure(error.message) : error;
  });
  console.log(`
  picture  ${path}
  URL      ${url.href}
  SHA-256  ${createHash('sha256').update(picture).digest('hex')}

${timeTable(times)}
`);
}

/** @param {DemoServer} server */
async function stayUntilStopped(server) {
  console.log(`  The server runs at ${server.url}
    username  admin
    password  ${server.password}
    log       ${server.log}

  Ctrl-C stops it.`);
  const asked = new Promise((stop) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop);
  });
  await Promise.race([asked, server.ended]);
  console.log('\n  stopping …');
}

await runMain(async () => {
  const { once, request } = readOptions();
  console.log('Atelier: a demonstration\n');
  await timed('set-up', () => setUp());
  const server = new DemoServer();
  const interrupted = () => void server.stop().then(() => process.exit(130));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    await timed('start to first answer', () => server.start());
    await Promise.race([show(server, request), server.ended]);
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    if (!once) await stayUntilStopped(server);
  } finally {
    await server.stop();
  }
});

// A socket that waits for a server that is gone would keep the process.
process.exit();
