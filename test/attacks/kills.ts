import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import sharp from 'sharp';
import { jsonOf, type HttpReply } from '../support/client.js';
import { jobRows, type JobRow } from '../support/database.js';
import { childrenOf, commandOf } from '../support/processes.js';
import type { TestServer } from '../support/server.js';
import { until } from '../support/until.js';
import { RECIPE, WAYS, type Recipe } from '../support/ways.js';

/** The longest start that is cut off, in milliseconds. */
const LONGEST_START = 1500;

/** Shares of the kills that hit the engine, and the server while it starts. */
const ENGINE_SHARE = 0.25;
const START_SHARE = 0.1;

/** Requests of one dialect that are under way at a time, and the longest pause between two in milliseconds. */
const AT_ONCE = 4;
const LONGEST_PAUSE = 1000;

/** Milliseconds after which a request makes way for another one: its job may step back for long. */
const PATIENCE = 15_000;

/** Requests of one dialect that have no answer yet, at most: a slow machine must not pile them up. */
const MOST_OPEN = 8;

/** Of an image. */
const MOST_STEPS = 20;

/** Server deaths from which on a job lets others go before it, so that it has no place in the order. */
const STEPS_BACK = 3;

/** Why a job fails whose engine died under it. */
const CRASHED = 'ENGINE_CRASHED';

const FINAL = ['completed', 'failed', 'cancelled'];

interface Dialect {
  name: string;
  path: string;
  body(recipe: Recipe): object | Promise<object>;
  /** The status of an answer to an accepted request. */
  status: number;
  /** Of an answer that has the image in it. */
  imageIn?(reply: HttpReply): Buffer;
}

const DIALECTS: Dialect[] = [
  { name: 'core', path: '/api/generate/text2img', body: (recipe) => recipe, status: 202 },
  {
    name: 'sdcpp',
    path: '/sdcpp/txt2img',
    body: ({ sampling_method: sampler, ...recipe }) => ({ ...recipe, sampler }),
    status: 202,
  },
  ...WAYS.map(({ dialect, path, body, pictureIn }) => ({
    name: dialect,
    path,
    body,
    status: 200,
    imageIn: pictureIn,
  })),
];

export interface KillReport {
  /** What must not be; empty. */
  problems: string[];
  kills: { server: number; start: number; engine: number };
  requests: Record<string, number>;
  completed: number;
  /** Jobs that failed because their engine died under them twice. */
  failed: number;
  /** The most deaths of the server during one job, and how many jobs stepped back for that. */
  mostDeaths: number;
  steppedBack: number;
}

export interface KillPlan {
  kills: number;
  /** Milliseconds that the server lives between two kills at most; most lives are far shorter. */
  longestLife: number;
  /** Milliseconds that all jobs may take to end after the last kill. */
  within: number;
}

/** Keeps a server under load in five dialects while it and its engine are killed again and again. */
export class KillTest {
  private readonly kills = { server: 0, start: 0, engine: 0 };
  private readonly sent = new Map<string, number>();
  private readonly prompts = new Set<string>();
  private readonly problems: string[] = [];
  private loading = true;

  constructor(
    private readonly server: TestServer,
    private readonly random: () => number,
    private readonly plan: KillPlan,
  ) {}

  async run(): Promise<KillReport> {
    const { kills, within } = this.plan;
    const load = Promise.all(DIALECTS.map((dialect) => this.load(dialect)));
    while (this.kills.server + this.kills.start + this.kills.engine < kills) await this.kill();
    this.loading = false;
    const { dataDir } = this.server;
    const rows = await until('the end of all jobs', within, () => {
      const found = jobRows(dataDir);
      return found.length === this.prompts.size && found.every(isFinal) && found;
    });
    await load;
    return this.check(rows);
  }

  private async kill(): Promise<void> {
    await pause(30 + this.random() ** 3 * this.plan.longestLife);
    const what = this.random();
    if (what < ENGINE_SHARE) return this.killEngine();
    await this.server.stop('SIGKILL');
    if (what < ENGINE_SHARE + START_SHARE) {
      this.kills.start += 1;
      const started = this.server.boot().catch(() => undefined);
      await pause(this.random() * LONGEST_START);
      await this.server.stop('SIGKILL');
      await started;
    } else this.kills.server += 1;
    await this.server.boot();
  }

  private async killEngine(): Promise<void> {
    for (const pid of await childrenOf(this.server.pid)) {
      if (!(await commandOf(pid)).includes('engine-process')) continue;
      process.kill(pid, 'SIGKILL');
      this.kills.engine += 1;
      return;
    }
  }

  /** Sends requests of one dialect as long as there are kills; settles when all have been answered. */
  private async load(dialect: Dialect): Promise<void> {
    const open = new Set<Promise<void>>();
    const recent = new Set<Promise<void>>();
    while (this.loading) {
      await pause(this.random() * LONGEST_PAUSE);
      if (recent.size >= AT_ONCE || open.size >= MOST_OPEN || !this.loading) continue;
      const request = this.request(dialect).finally(() => {
        recent.delete(request);
        open.delete(request);
      });
      open.add(request);
      recent.add(request);
      setTimeout(() => recent.delete(request), PATIENCE).unref();
    }
    await Promise.all(open);
  }

  /** Sends one request until it is answered, as an honest client does: with the same key each time. */
  private async request(dialect: Dialect): Promise<void> {
    const prompt = `red apple ${this.prompts.size}`;
    this.prompts.add(prompt);
    this.sent.set(dialect.name, (this.sent.get(dialect.name) ?? 0) + 1);
    const steps = 1 + Math.floor(this.random() * MOST_STEPS);
    const body = await dialect.body({ ...RECIPE, prompt, steps, width: 64, height: 64 });
    const headers = { 'idempotency-key': randomUUID() };
    const { path } = dialect;
    for (;;) {
      const reply = await this.server.admin.api({ path, headers, body }).catch(() => undefined);
      if (reply && reply.status !== 503) return this.note(dialect, prompt, reply);
      await pause(50 + this.random() * 200);
    }
  }

  private async note(dialect: Dialect, prompt: string, reply: HttpReply): Promise<void> {
    const text = reply.bytes.toString();
    if (reply.status === dialect.status) {
      if (!dialect.imageIn) return this.jobEnd(reply);
      if (!(await decodes(dialect.imageIn(reply))))
        this.problems.push(`${dialect.name} "${prompt}": a torn image was answered`);
    } else if (!text.includes('engine stopped unexpectedly'))
      this.problems.push(`${dialect.name} "${prompt}": ${reply.status} ${text.slice(0, 300)}`);
  }

  /** Waits for the end of a job that was accepted, over all deaths of the server. */
  private async jobEnd(reply: HttpReply): Promise<void> {
    const accepted = jsonOf<{ request_id?: string; job_id?: string }>(reply);
    const id = accepted.request_id ?? accepted.job_id ?? '';
    await until(`the end of job ${id}`, this.plan.within * 2, async () => {
      const job = await this.server.admin.job(id).catch(() => undefined);
      return job !== undefined && FINAL.includes(job.status);
    });
  }

  private async check(rows: JobRow[]): Promise<KillReport> {
    const completed = rows.filter(({ state }) => state === 'completed');
    const others = rows.filter(({ state }) => state !== 'completed');
    const inOrder = completed.filter(({ serverDeaths }) => serverDeaths < STEPS_BACK);
    this.checkCount(rows);
    for (const row of others)
      if (row.state !== 'failed' || row.failedAttempts !== 2 || row.failure?.code !== CRASHED)
        this.problems.push(`job ${row.id} was lost: ${JSON.stringify(row)}`);
    for (const [index, { id, finishedAt }] of inOrder.entries())
      if (finishedAt < (inOrder[index - 1]?.finishedAt ?? 0))
        this.problems.push(`job ${id} ended before one that was before it`);
    await this.checkFiles(completed);
    return {
      problems: this.problems,
      kills: this.kills,
      requests: Object.fromEntries(this.sent),
      completed: completed.length,
      failed: others.length,
      mostDeaths: Math.max(...rows.map(({ serverDeaths }) => serverDeaths)),
      steppedBack: rows.filter(({ serverDeaths }) => serverDeaths >= STEPS_BACK).length,
    };
  }

  /** One job for each request. */
  private checkCount(rows: JobRow[]): void {
    const titles = rows.map(({ title }) => title);
    for (const prompt of this.prompts) {
      const jobs = titles.filter((title) => title === prompt).length;
      if (jobs !== 1) this.problems.push(`"${prompt}" has ${jobs} jobs`);
    }
    if (rows.length !== this.prompts.size) this.problems.push(`${rows.length} jobs in all`);
  }

  /** Every file is whole and as its row says, and there is no other. */
  private async checkFiles(completed: JobRow[]): Promise<void> {
    const { outputDir } = this.server;
    const sizes = new Map<string, number>();
    for (const { id, result } of completed)
      for (const { filename, size } of result?.outputs ?? [])
        sizes.set(join(outputDir, id, filename), size);
    const entries = await readdir(outputDir, { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((one) => one.isFile())) {
      const path = join(entry.parentPath, entry.name);
      const file = await readFile(path);
      if (sizes.get(path) !== file.length || !(await decodes(file)))
        this.problems.push(`${path} has ${file.length} bytes, ${sizes.get(path)} of them promised`);
      sizes.delete(path);
    }
    for (const path of sizes.keys()) this.problems.push(`${path} is missing`);
  }
}

function isFinal({ state }: JobRow): boolean {
  return FINAL.includes(state);
}

function decodes(image: Buffer): Promise<boolean> {
  return sharp(image)
    .raw()
    .toBuffer()
    .then(
      () => true,
      () => false,
    );
}
