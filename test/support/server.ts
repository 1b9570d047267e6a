import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, onTestFinished } from 'vitest';
import { PACKAGE_ROOT } from '../../src/common/index.js';
import { call, jsonOf, TestClient } from './client.js';
import { temporaryFolder, type TemporaryFolder } from './folder.js';
import { JobFeed } from './job-feed.js';
import { childrenOf, commandOf } from './processes.js';
import { until } from './until.js';

/** The built server. */
export const PROGRAM = join(PACKAGE_ROOT, 'dist/src/main.js');
const LOGS = join(PACKAGE_ROOT, 'test-results');
/** Of the administrator, and of every user that is added. */
export const PASSWORD = 'a password for tests';

const LISTENING = /Listening on (http:\/\/[^\s"]+)/;

/** Milliseconds that a start or a stop may take on a busy machine. */
const PATIENCE = 60_000;

/** How much of a log is shown with a failure, in characters. */
const LOG_SHOWN = 4000;

export interface ServerOptions {
  /** Settings besides those that every test server has. */
  env?: Record<string, string>;
  /** The built server; default: that of this repository. */
  program?: string;
  /** Default: a folder that is gone with the server. */
  dataDir?: string;
  /** Leaves the first user outside: where passwords are off, or the first one is not known yet. */
  loggedOut?: true;
}

/** How a process ended. */
export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** The built server as a process of its own, with a data folder that outlives its restarts. */
export class TestServer {
  url = '';
  log = '';
  /** The first user, logged in; stays good over restarts. */
  admin!: TestClient;
  private child: ChildProcess | undefined;
  private readonly engines = new Set<number>();
  private readonly feeds: JobFeed[] = [];

  private constructor(
    private readonly folder: TemporaryFolder,
    private readonly env: Record<string, string>,
    private readonly program: string,
    private readonly ownDataDir: string | undefined,
  ) {}

  static async start({
    env = {},
    program = PROGRAM,
    loggedOut,
    dataDir,
  }: ServerOptions = {}): Promise<TestServer> {
    const server = new TestServer(await temporaryFolder(), env, program, dataDir);
    try {
      await server.boot();
      if (!loggedOut) server.admin = await server.login('admin');
      return server;
    } catch (error) {
      await server.dispose(true);
      throw error;
    }
  }

  get dataDir(): string {
    return this.ownDataDir ?? join(this.folder.path, 'data');
  }

  get outputDir(): string {
    return join(this.dataDir, 'outputs');
  }

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  /** Starts the process and waits until it listens; for a restart after {@link stop}, on the same data. */
  async boot(): Promise<void> {
    const child = spawn(process.execPath, ['--enable-source-maps', this.program], {
      env: {
        PATH: process.env['PATH'],
        HOME: this.folder.path,
        ATELIER_LOG_FORMAT: 'json',
        ATELIER_HOST: '127.0.0.1',
        ATELIER_PORT: '0',
        ATELIER_DATA_DIR: this.dataDir,
        ATELIER_ADMIN_PASSWORD: PASSWORD,
        ATELIER_RESERVE_MB: '0',
        ...this.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    running.add(child);
    child.once('close', () => running.delete(child));
    this.url = await this.listening(child);
  }

  async login(username: string): Promise<TestClient> {
    const reply = await call(this.url, {
      path: '/api/auth/login',
      body: { username, password: PASSWORD },
    });
    if (reply.status !== 200) throw new Error(`No log in: ${reply.bytes.toString()}`);
    return new TestClient(() => this.url, jsonOf<{ token: string }>(reply).token);
  }

  /** Opens a socket; it closes with the server. */
  async feed(client = this.admin): Promise<JobFeed> {
    const feed = await JobFeed.open(this.url, client.token);
    this.feeds.push(feed);
    return feed;
  }

  /** Process id of the engine; waits for it. */
  async enginePid(): Promise<number> {
    const pid = await until('an engine process', PATIENCE, async () => {
      for (const one of await childrenOf(this.pid)) {
        if ((await commandOf(one)).includes('engine-process')) return one;
      }
      return undefined;
    });
    this.engines.add(pid);
    return pid;
  }

  /** Names of all that lies in a job's output folder; undefined when there is none. */
  async outputsOf(id: string): Promise<string[] | undefined> {
    const names = await readdir(join(this.outputDir, id)).catch(() => undefined);
    return names?.toSorted();
  }

  /** Sends the process a signal, and gives how it ended. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ending> {
    const { child } = this;
    if (!child) throw new Error('The server does not run.');
    if (child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'close');
      child.kill(signal);
      const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
      await gone;
      clearTimeout(timer);
    }
    this.child = undefined;
    return { code: child.exitCode, signal: child.signalCode };
  }

  /** How the process ended by itself. */
  async ended(): Promise<Ending> {
    const { child } = this;
    if (!child) throw new Error('The server does not run.');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
    this.child = undefined;
    return { code: child.exitCode, signal: child.signalCode };
  }

  /** Ends all that this server has started and removes its data; its log is kept if asked for. */
  async dispose(keepLog: boolean): Promise<void> {
    for (const feed of this.feeds) feed.close();
    if (this.child) await this.stop('SIGKILL');
    for (const pid of this.engines) {
      if ((await commandOf(pid)).includes('engine-process')) process.kill(pid, 'SIGKILL');
    }
    if (keepLog) this.keepLog();
    await this.folder.remove();
  }

  private keepLog(): void {
    mkdirSync(LOGS, { recursive: true });
    const path = join(LOGS, `server-${process.pid}-${Date.now()}.log`);
    writeFileSync(path, this.log);
    process.stderr.write(`${this.log.slice(-LOG_SHOWN)}\nThe whole log of the server: ${path}\n`);
  }

  private listening(child: ChildProcess): Promise<string> {
    const start = this.log.length;
    return new Promise((resolve, reject) => {
      const fail = (why: string): void => {
        child.kill('SIGKILL');
        reject(new Error(`The server ${why}:\n${this.log.slice(start)}`));
      };
      const timer = setTimeout(() => fail('did not listen in time'), PATIENCE);
      const read = (chunk: Buffer): void => {
        this.log += chunk.toString();
        const url = LISTENING.exec(this.log.slice(start))?.[1];
        if (!url) return;
        clearTimeout(timer);
        resolve(url);
      };
      child.stdout?.on('data', read);
      child.stderr?.on('data', read);
      child.once('error', ({ message }) => fail(`did not start (${message})`));
      child.once('close', () => {
        clearTimeout(timer);
        fail('ended by itself');
      });
    });
  }
}

/** Makes an API key of this user. */
export async function createKeyOf(user: TestClient): Promise<string> {
  const reply = await user.api({ path: '/api/auth/keys', body: { name: 'a key' } });
  return jsonOf<{ key: string }>(reply).key;
}

/** A server for one test, gone with it. */
export async function startServer(options?: ServerOptions): Promise<TestServer> {
  const server = await TestServer.start(options);
  onTestFinished(({ task }) => server.dispose(task.result?.state === 'fail'));
  return server;
}

/** One server for all tests of a `describe` or a file. */
export function sharedServer(options?: ServerOptions): () => TestServer {
  let server: TestServer | undefined;
  let failed = false;
  beforeAll(async () => {
    server = await TestServer.start(options);
  });
  afterEach(({ task }) => {
    failed ||= task.result?.state === 'fail';
  });
  afterAll(async () => {
    await server?.dispose(failed);
  });
  return () => {
    if (!server) throw new Error('The server starts with the first test.');
    return server;
  };
}
