import { execFile, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { beforeAll } from 'vitest';
import { PythonEnvironment } from '../../scripts/lib/python-environment.mjs';
import { PACKAGE_ROOT } from '../../src/common/index.js';
import { until } from './until.js';

const PROGRAMS = join(PACKAGE_ROOT, 'test/clients/a1111');

/** The package as its registry has it, and all that it needs. */
export const WEBUIAPI = new PythonEnvironment('webuiapi-0.9.17', [
  'webuiapi==0.9.17',
  'requests==2.34.2',
  'certifi==2026.10.18',
  'charset-normalizer==3.5.2',
  'idna==3.20',
  'urllib3==2.8.0',
  'pillow==12.3.0',
]);

/** Milliseconds for a first installation on a slow connection. */
const INSTALLATION = 600_000;

/** Milliseconds that a program may take for all that it does, or for one thing that it is told to. */
const PATIENCE = 90_000;

/** Whose programs these are to the server, by HTTP Basic. */
export interface WebuiapiUser {
  port: string;
  username: string;
  password: string;
}

function argumentsFor(program: string, { port, username, password }: WebuiapiUser): string[] {
  return [join(PROGRAMS, program), port, username, password];
}

/** Installs the package before the tests of a file, which fail where that cannot be. */
export function installWebuiapi(): void {
  beforeAll(() => WEBUIAPI.install(), INSTALLATION);
}

/** Runs a program in `test/clients/a1111` to its end; gives the last line that it prints, as JSON. */
export async function runWebuiapi<T>(program: string, user: WebuiapiUser): Promise<T> {
  const python = WEBUIAPI.program('python');
  const args = argumentsFor(program, user);
  const { stdout } = await promisify(execFile)(python, args, { timeout: PATIENCE });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as T;
}

/** What the package was told of a picture in the making. */
export interface WebuiapiProgress {
  progress: number;
  state: { job: string; job_count: number; sampling_step: number; sampling_steps: number };
}

/** A picture that the package was given. */
export interface WebuiapiPicture {
  /** The files, in base64. */
  images: string[];
  info: { seed: number; sd_model_name: string; infotexts: string[] };
}

interface News {
  progress?: WebuiapiProgress;
  drawn?: WebuiapiPicture;
  done?: string;
}

/** A process of its own with the package in it, which does what it is told and looks at its progress meanwhile. */
export class WebuiapiProcess {
  /** What was told of progress, the oldest first: from what it was before the last picture was asked for. */
  seen: WebuiapiProgress[] = [];
  private readonly news: News[] = [];
  private readonly child: ChildProcessWithoutNullStreams;
  private faults = '';

  constructor(user: WebuiapiUser) {
    this.child = spawn(WEBUIAPI.program('python'), argumentsFor('remote-webuiapi.py', user));
    createInterface({ input: this.child.stdout }).on('line', (line) => this.read(line));
    this.child.stderr.on('data', (chunk: Buffer) => (this.faults += chunk.toString()));
  }

  /** Chooses a model as the user's own. */
  model(name: string): Promise<unknown> {
    return this.tell('model', { name });
  }

  async draw(options: object): Promise<WebuiapiPicture> {
    this.seen = this.seen.slice(-1);
    this.send('draw', options);
    const { drawn } = await this.hear('a picture', (news) => news.drawn !== undefined);
    return drawn!;
  }

  interrupt(): Promise<unknown> {
    return this.tell('interrupt', {});
  }

  /** Waits until the progress is as wanted. */
  sees(wanted: (progress: WebuiapiProgress) => boolean): Promise<WebuiapiProgress> {
    return until('its progress', PATIENCE, () => {
      const last = this.seen.at(-1);
      return this.alive() && last && wanted(last) && last;
    });
  }

  async close(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill();
    await gone;
  }

  private read(line: string): void {
    // The package prints lines of its own.
    if (!line.startsWith('{')) return;
    const news = JSON.parse(line) as News;
    if (news.progress) this.seen.push(news.progress);
    else this.news.push(news);
  }

  private send(what: string, rest: object): void {
    this.child.stdin.write(`${JSON.stringify({ do: what, with: rest })}\n`);
  }

  private tell(what: string, rest: object): Promise<unknown> {
    this.send(what, rest);
    return this.hear(what, ({ done }) => done === what);
  }

  private hear(what: string, wanted: (news: News) => boolean): Promise<News> {
    return until(what, PATIENCE, () => {
      const at = this.news.findIndex(wanted);
      return at === -1 ? this.alive() && undefined : this.news.splice(at, 1)[0];
    });
  }

  private alive(): true {
    if (this.child.exitCode !== null || this.faults !== '') throw new Error(this.faults);
    return true;
  }
}
