import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { io } from 'socket.io-client';

const MAIN = join(import.meta.dirname, '../../dist/src/main.js');
const PASSWORD = 'a password for benches';

/** @typedef {{ prompt: string, seed: number, steps: number }} Body */
/** @typedef {{ status: string, error?: { message: string } }} Update */

/**
 * The built server on a free port with a data folder of its own, and an administrator logged in.
 *
 * @param {Record<string, string>} env
 */
export async function startServer(env = {}) {
  const dataDir = await mkdtemp(join(tmpdir(), 'atelier-bench-'));
  const begun = performance.now();
  const child = spawn(process.execPath, [MAIN], {
    env: {
      ...process.env,
      ATELIER_DATA_DIR: dataDir,
      ATELIER_HOST: '127.0.0.1',
      ATELIER_PORT: '0',
      ATELIER_ADMIN_PASSWORD: PASSWORD,
      ATELIER_PREVIEWS: 'false',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.once('exit', () => child.kill('SIGKILL'));
  const url = await address(child);
  const health = await fetch(`${url}/api/health`);
  await health.text();
  const startMs = performance.now() - begun;
  const token = await logIn(url);
  return {
    url,
    token,
    dataDir,
    startMs,
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/**
 * @param {import('node:child_process').ChildProcessByStdio<null, import('node:stream').Readable, null>} child
 * @returns {Promise<string>}
 */
async function address(child) {
  for await (const line of createInterface({ input: child.stdout })) {
    const found = /Listening on (http:\S+)/.exec(line);
    if (found?.[1]) {
      child.stdout.resume();
      return found[1];
    }
  }
  throw new Error('The server ended before it listened.');
}

/**
 * @param {string} url
 * @param {string} username one with the password of the administrator
 * @returns {Promise<string>}
 */
export async function logIn(url, username = 'admin') {
  const reply = await fetch(`${url}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password: PASSWORD }),
  });
  const { token } = /** @type {{ token: string }} */ (await reply.json());
  return token;
}

/**
 * Submits jobs over HTTP and tells when each was completed, by the socket.
 *
 * @param {{ url: string, token: string }} server
 */
export async function openClient({ url, token }) {
  const socket = io(url, { auth: { token } });
  await new Promise((resolve) => {
    socket.once('connect', () => resolve(undefined));
  });

  /** @param {Body} body */
  async function submit(body) {
    const reply = await fetch(`${url}/api/generate/text2img`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    if (!reply.ok) throw new Error(await reply.text());
    await reply.text();
  }

  return {
    /**
     * Runs the jobs, all submitted at once; resolves with the milliseconds each one took of the server.
     *
     * @param {Body[]} bodies
     */
    async run(bodies) {
      /** @type {number[]} */
      const ends = [];
      const done = new Promise((resolve, reject) => {
        socket.on('job_update', (/** @type {Update} */ { status, error }) => {
          if (status === 'failed') reject(new Error(error?.message));
          if (status !== 'completed') return;
          ends.push(performance.now());
          if (ends.length === bodies.length) resolve(undefined);
        });
      });
      const begun = performance.now();
      for (const body of bodies) await submit(body);
      await done;
      socket.off('job_update');
      return ends.map((end, index) => end - (ends[index - 1] ?? begun));
    },
    close: () => socket.close(),
  };
}
