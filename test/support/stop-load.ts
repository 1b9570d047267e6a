import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { io, type Socket } from 'socket.io-client';
import { WebSocket } from 'ws';
import { ENDLESS_APPLE, jsonOf } from './client.js';
import { HeldConnection, requestText } from './held-connection.js';
import type { ServerOptions, TestServer } from './server.js';
import { until } from './until.js';

/** Seconds that running jobs may take when the server is told to stop. */
const DRAIN_SECONDS = 1;

/** Milliseconds within which a stop or a restart must be over: the drain time and five seconds. */
export const STOP_LIMIT_MS = DRAIN_SECONDS * 1000 + 5000;

/** Milliseconds until all of the load is there on a busy machine. */
const PATIENCE_MS = 20_000;

const UNIX_SOCKET = join(tmpdir(), `atelier-stop-${process.pid}.sock`);

/** A server with every kind of listener. */
export const STOP_SERVER: ServerOptions = {
  env: {
    ATELIER_DRAIN_SECONDS: String(DRAIN_SECONDS),
    ATELIER_LISTENERS: 'mold:0,a1111:0,openai:0,sdcpp:0',
    ATELIER_UNIX_SOCKET: UNIX_SOCKET,
  },
};

const PICTURE = { ...ENDLESS_APPLE, width: 64, height: 64, steps: 100 };
const OPENAI = { prompt: 'red apple', size: '64x64', steps: 100, response_format: 'b64_json' };

/** A request that is held open, and what its client must have read when the server has stopped. */
interface HeldRequest {
  method: string;
  path: string;
  body?: object;
  ending: RegExp;
}

const STREAM_COMMENT = /: The server is stopping/;

/** Requests whose answer comes when a job is done, each in the form of its dialect. */
const WAITING: HeldRequest[] = [
  { path: '/v1/images/generations', body: OPENAI, ending: /503 .*"code":"server_stopping"/s },
  { path: '/sdapi/v1/txt2img', body: PICTURE, ending: /503 .*"error":"SERVER_STOPPING"/s },
  { path: '/mold/api/generate', body: PICTURE, ending: /503 .*"code":"SERVER_STOPPING"/s },
].map((one) => ({ method: 'POST', ...one }));

/** Event streams: of a job, which end with an error, and of the server, which end with a comment. */
const STREAMS: HeldRequest[] = [
  {
    method: 'POST',
    path: '/v1/images/generations',
    body: { ...OPENAI, stream: true },
    ending: /200 OK.*event: error.*server_stopping/s,
  },
  {
    method: 'POST',
    path: '/mold/api/generate/stream',
    body: PICTURE,
    ending: /200 OK.*event: error.*The server is stopping/s,
  },
  { method: 'GET', path: '/mold/api/resources/stream', ending: STREAM_COMMENT },
  { method: 'GET', path: '/mold/api/downloads/stream', ending: STREAM_COMMENT },
];

/** How many jobs there are of one load. */
const JOBS = WAITING.length + STREAMS.filter(({ body }) => body).length;

/** Half a head, half a body without a credential, half a body of a user, and nothing at all. */
function halfRequests(token: string): string[] {
  const head = (fields: string): string => `POST /v1/images/generations HTTP/1.1\r\n${fields}`;
  const body = 'host: localhost\r\ncontent-type: application/json\r\ncontent-length: 500\r\n';
  return [
    head('host: local'),
    `${head(body)}\r\n{"prompt":`,
    `${head(`${body}authorization: Bearer ${token}\r\n`)}\r\n{"prompt":`,
    '',
  ];
}

interface HeldSocket {
  name: string;
  ended: Promise<string>;
  close(): void;
}

function plainSocket(url: string, path: string, token?: string): Promise<HeldSocket> {
  const headers = token ? { authorization: `Bearer ${token}` } : {};
  const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`, { headers });
  const messages: string[] = [];
  socket.on('message', (data) => messages.push((data as Buffer).toString()));
  socket.on('error', () => undefined);
  const ended = new Promise<string>((resolve) =>
    socket.once('close', (code) => resolve(`${messages.at(-1) ?? ''} ${code}`)),
  );
  const held = { name: path, ended, close: () => socket.terminate() };
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(held));
    socket.once('error', reject);
  });
}

function ioSocket(url: string, token: string): Promise<HeldSocket> {
  const socket: Socket = io(url, { auth: { token }, reconnection: false, forceNew: true });
  let last = '';
  socket.on('server_shutdown', ({ code }: { code: string }) => (last = code));
  const ended = new Promise<string>((resolve) =>
    socket.once('disconnect', (reason) => resolve(`${last} ${reason}`)),
  );
  const held = { name: 'socket.io', ended, close: () => socket.close() };
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(held));
    socket.once('connect_error', reject);
  });
}

/** Everything that can hold up the stop of a server, on each of its listeners. */
export class StopLoad {
  /** The jobs that its clients wait for. */
  jobs: string[] = [];
  private readonly requests: { spec: HeldRequest; connection: HeldConnection }[] = [];
  private readonly halves: HeldConnection[] = [];
  private readonly sockets: HeldSocket[] = [];

  static async open(server: TestServer): Promise<StopLoad> {
    const load = new StopLoad();
    await load.connect(server);
    return load;
  }

  /** What of it did not end as it should have; all of it must have ended. */
  async problems(): Promise<string[]> {
    const problems: string[] = [];
    for (const { spec, connection } of this.requests) {
      await connection.closed;
      const { received } = connection;
      if (!spec.ending.test(received)) problems.push(`${spec.path}: ${received.slice(-400)}`);
    }
    await Promise.all(this.halves.map(({ closed }) => closed));
    for (const { name, ended } of this.sockets) {
      const last = await ended;
      const isTold = /SERVER_STOPPING|server_shutdown/.test(last);
      if (!isTold && name !== 'a socket without a credential') problems.push(`${name}: ${last}`);
    }
    return problems;
  }

  close(): void {
    for (const { connection } of this.requests) connection.destroy();
    for (const half of this.halves) half.destroy();
    for (const socket of this.sockets) socket.close();
  }

  private async connect(server: TestServer): Promise<void> {
    const { url, admin } = server;
    const { token } = admin;
    const headers = { authorization: `Bearer ${token}` };
    const start = server.log.lastIndexOf('Listening for');
    const listeners = [
      ...server.log.slice(0, start + 200).matchAll(/Listening for \w+ on (http:[^"\s]+)/g),
    ];
    const bases = [url, `unix:${UNIX_SOCKET}`, ...listeners.slice(-4).map(([, base]) => base!)];
    for (const [index, spec] of [...WAITING, ...STREAMS].entries()) {
      const base = bases[index % 2]!;
      const text = requestText(spec.method, spec.path, {
        headers,
        ...(spec.body && { body: spec.body }),
      });
      this.requests.push({ spec, connection: await HeldConnection.open(base, text) });
    }
    for (const base of bases)
      for (const text of halfRequests(token))
        this.halves.push(await HeldConnection.open(base, text));
    this.sockets.push(
      await ioSocket(url, token),
      await plainSocket(url, '/ws', token),
      await plainSocket(url, '/sdcpp/ws', token),
      { ...(await plainSocket(url, '/ws')), name: 'a socket without a credential' },
    );
    await until('all jobs of the load', PATIENCE_MS, async () => {
      const { ids, isBusy } = await queueOf(server);
      this.jobs = ids;
      return ids.length >= JOBS && isBusy;
    });
    await until('the event streams of the server', PATIENCE_MS, () =>
      this.requests.every(
        ({ spec, connection }) => spec.method === 'POST' || connection.received.includes('200 OK'),
      ),
    );
  }
}

interface QueueNow {
  size: number;
  active_generations: number;
  jobs: { id: string; status: string }[];
}

/** The unfinished jobs, and whether any is in progress. */
async function queueOf({ admin }: TestServer): Promise<{ ids: string[]; isBusy: boolean }> {
  const reply = await admin.api({ path: '/api/queue/status' });
  const { queue } = jsonOf<{ queue: QueueNow }>(reply);
  const open = queue.jobs.filter(({ status }) => ['queued', 'processing'].includes(status));
  return { ids: open.map(({ id }) => id), isBusy: queue.active_generations > 0 };
}

/** Checks that no job of the load was lost, and makes room for the next. */
export async function takeJobs(server: TestServer, load: StopLoad): Promise<string[]> {
  const lost: string[] = [];
  for (const id of load.jobs) {
    const { status } = await server.admin.job(id);
    if (!['queued', 'processing', 'completed'].includes(status)) lost.push(`${id} is ${status}`);
  }
  for (const id of (await queueOf(server)).ids) await server.admin.cancel(id);
  return lost;
}
