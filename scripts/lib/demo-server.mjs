import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { dataHome, node, root, server as program } from './paths.mjs';
import { StepError, tail } from './step.mjs';

/** How long the server may take to answer, and to end when told to, in milliseconds. */
const START_LIMIT = 60_000;
const STOP_LIMIT = 20_000;

/**
 * @param {string} folder
 * @returns {string} the demo's password: the environment's, else the one kept in the folder
 */
export function demoPassword(folder, env = process.env) {
  if (env.ATELIER_ADMIN_PASSWORD) return env.ATELIER_ADMIN_PASSWORD;
  const file = join(folder, 'demo-password');
  if (!existsSync(file)) {
    writeFileSync(file, `${randomBytes(15).toString('base64url')}\n`, { mode: 0o600 });
  }
  return readFileSync(file, 'utf8').trim();
}

/**
 * @param {string} host
 * @param {number} first
 * @returns {Promise<number>} the first port from `first` on that nobody listens on
 */
export async function freePort(host, first) {
  for (let port = first; port < first + 100 && port < 65_536; port++) {
    if (await isFree(host, port)) return port;
  }
  throw new StepError(`No free port from ${first} on; choose another one with ATELIER_PORT.`);
}

/**
 * @param {string} host
 * @param {number} port
 * @returns {Promise<boolean>}
 */
function isFree(host, port) {
  return new Promise((answer, fail) => {
    const probe = createServer();
    probe.once('error', (/** @type {NodeJS.ErrnoException} */ error) =>
      error.code === 'EADDRINUSE' ? answer(false) : fail(new StepError(error.message)),
    );
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => answer(true)));
  });
}

/** The built server, run for the demo with a data folder of its own. */
export class DemoServer {
  /** @type {import('node:child_process').ChildProcess | undefined} */
  #child;
  #stopping = false;

  constructor(env = process.env) {
    this.folder = resolve(env.ATELIER_DATA_DIR || join(dataHome(env), 'atelier-demo'));
    this.log = join(this.folder, 'server.log');
    this.host = env.ATELIER_HOST || '127.0.0.1';
    this.firstPort = Number(env.ATELIER_PORT || 8080);
    this.url = '';
    this.password = '';
    /** @type {Promise<never>} settles only when the server ends by itself */
    this.ended = new Promise(() => {});
  }

  get #note() {
    return join(this.folder, 'demo.json');
  }

  /** @throws {StepError} when a demo with this data folder already runs, or the server fails */
  async start() {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    this.#refuseSecond();
    this.password = demoPassword(this.folder);
    const port = await freePort(this.host, this.firstPort);
    const name = this.host === '0.0.0.0' || this.host === '::' ? 'localhost' : this.host;
    this.url = `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
    this.#spawn(port);
    await Promise.race([this.#answering(), this.ended]);
  }

  /** Two servers on one database would both take the same jobs. */
  #refuseSecond() {
    if (!existsSync(this.#note)) return;
    const { pid, url } = JSON.parse(readFileSync(this.#note, 'utf8'));
    if (!isAlive(pid)) return;
    throw new StepError(
      `A demo already runs at ${url} (process ${pid}, data in ${this.folder}).\n` +
        'Stop it with Ctrl-C where it runs, or choose another folder with ATELIER_DATA_DIR.',
    );
  }

  /** @param {number} port */
  #spawn(port) {
    const log = openSync(this.log, 'w', 0o600);
    const child = spawn(node, ['--enable-source-maps', program], {
      cwd: root,
      env: {
        ...process.env,
        ATELIER_ADMIN_PASSWORD: this.password,
        ATELIER_DATA_DIR: this.folder,
        ATELIER_HOST: this.host,
        ATELIER_PORT: String(port),
      },
      stdio: ['ignore', log, log],
    });
    this.#child = child;
    writeFileSync(this.#note, JSON.stringify({ pid: child.pid, url: this.url }));
    this.ended = new Promise((_, fail) => {
      child.once('error', (error) =>
        fail(this.failure(`The server did not start: ${error.message}`)),
      );
      child.once('exit', (code, signal) => {
        rmSync(this.#note, { force: true });
        if (!this.#stopping) fail(this.failure(`The server ended by itself (${signal ?? code}).`));
      });
    });
    // Whoever waits for it sees the failure; nobody may be waiting at the moment it comes.
    this.ended.catch(() => {});
  }

  async #answering() {
    const limit = Date.now() + START_LIMIT;
    while (Date.now() < limit) {
      const health = await fetch(`${this.url}/api/health`).catch(() => undefined);
      if (health?.ok) return;
      await sleep(25);
    }
    throw this.failure(`The server did not answer at ${this.url}/api/health.`);
  }

  /**
   * @param {string} message
   * @returns {StepError} with the end of the server's log
   */
  failure(message) {
    const log = existsSync(this.log) ? tail(readFileSync(this.log, 'utf8'), 40) : '';
    return new StepError(`${log}\n\n${message}\nThe whole log: ${this.log}`);
  }

  /** Ends the server and waits until it is gone. */
  async stop() {
    const child = this.#child;
    this.#stopping = true;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((done) => child.once('exit', done));
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT);
    await gone;
    clearTimeout(timer);
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
