import { createHash } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { LessThan, type Repository } from 'typeorm';
import { ClientGoneError } from '../../common/index.js';
import { StorageMonitor, TrustedClock } from '../../storage/index.js';
import { JobAccess } from '../job-access.js';
import { JobRepository } from '../job.repository.js';
import { IdempotencyKeyReusedError } from '../queue.errors.js';
import { IdempotencyKey } from './idempotency-key.entity.js';
import { IdempotencyScope, KeyedJobs, type KeyedRequest } from './idempotency-scope.js';

/** How long a key is remembered. */
export const KEY_LIFE_MS = 24 * 3600 * 1000;

const SWEEP_MS = 3600 * 1000;

/** Longest answer that is kept, in characters; a longer one is made again, of the same jobs. */
const ANSWER_LIMIT = 64 * 1024;

export interface Answer {
  /** HTTP status. */
  status: number;
  /** Plain JSON. */
  body: unknown;
}

export interface KeyedAnswer extends Answer {
  /** Whether it was given before. */
  replayed: boolean;
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** JSON whose objects have their keys in one order, so that the same content is the same text; bytes stand as their hash. */
function canonical(value: unknown): string {
  if (value instanceof Uint8Array) return `sha256:${sha256(value)}`;
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, entry]) => `${JSON.stringify(key)}:${canonical(entry)}`).join(',')}}`;
}

/** What tells one request from another: SHA-256 of its content, in hex. Objects are equal whatever the order of their keys. */
export function fingerprintOf(...parts: unknown[]): string {
  return sha256(canonical(parts));
}

interface Pending {
  fingerprint: string;
  answer: Promise<Answer>;
}

function nameOf({ ownerId, key }: KeyedRequest): string {
  return JSON.stringify([ownerId, key]);
}

/** What another try is answered; undefined where its client has gone, so that there will be no answer. */
async function answerOf({ answer }: Pending): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ClientGoneError) return undefined;
    throw error;
  }
}

/**
 * Answers a repeated request with what was answered to the first, for every dialect alike. A key belongs
 * to its user and to one request; jobs are stored together with the key, so that not even a crash between
 * the job and the answer makes the job twice. A request that is refused leaves its key free.
 */
@Injectable()
export class IdempotencyService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly pending = new Map<string, Pending>();
  private readonly jobs = new Map<string, KeyedJobs>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @InjectRepository(IdempotencyKey) private readonly keys: Repository<IdempotencyKey>,
    private readonly storage: StorageMonitor,
    private readonly repository: JobRepository,
    private readonly access: JobAccess,
    private readonly clock: TrustedClock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.forget();
    this.timer = setInterval(() => void this.forget(), SWEEP_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /**
   * Does the work, unless a request under the same key has done it or is doing it: then its answer is
   * given again.
   * @throws IdempotencyKeyReusedError when the key stands for another request; InsufficientPermissionsError
   * where the caller could not make the jobs that it made.
   */
  async once(request: KeyedRequest, work: () => Promise<Answer>): Promise<KeyedAnswer> {
    const name = nameOf(request);
    const pending = this.pending.get(name);
    if (pending) {
      if (pending.fingerprint !== request.fingerprint) throw new IdempotencyKeyReusedError();
      const answer = await answerOf(pending);
      if (answer) await this.assertRepeatable(request, await this.find(request));
      return answer ? { ...answer, replayed: true } : this.once(request, work);
    }
    let replayed = false;
    const answer = this.answer(request, work, () => {
      replayed = true;
    });
    this.pending.set(name, { fingerprint: request.fingerprint, answer });
    try {
      return { ...(await answer), replayed };
    } finally {
      this.pending.delete(name);
    }
  }

  /**
   * Does the work of every try of a request, also of several at once: their jobs are made once, their
   * answers anew. For answers that cannot be kept, because they are streamed or not JSON.
   * @throws IdempotencyKeyReusedError when the key stands for another request.
   */
  async joined<Result>(request: KeyedRequest, work: () => Promise<Result>): Promise<Result> {
    const known = await this.find(request);
    return this.within(request, known, work);
  }

  private async answer(
    request: KeyedRequest,
    work: () => Promise<Answer>,
    onReplay: () => void,
  ): Promise<Answer> {
    const known = await this.find(request);
    if (known) {
      await this.assertRepeatable(request, known);
      onReplay();
      if (known.status !== null && known.body !== null)
        return { status: known.status, body: JSON.parse(known.body) as unknown };
    }
    return this.within(request, known, async (jobIds) => {
      const answer = await work();
      // The jobs are stored together with the key: without the answer, it is made again of the same jobs.
      const keep = (): Promise<void> => this.keep(request, jobIds, answer);
      await this.storage.optional('the answer to a keyed request', keep);
      return answer;
    });
  }

  /** Does this with the jobs of all tries of the request. */
  private async within<Result>(
    request: KeyedRequest,
    known: IdempotencyKey | undefined,
    work: (jobIds: string[]) => Promise<Result>,
  ): Promise<Result> {
    const name = nameOf(request);
    const jobs = this.jobs.get(name) ?? new KeyedJobs(request.fingerprint, known?.jobIds ?? []);
    if (jobs.fingerprint !== request.fingerprint) throw new IdempotencyKeyReusedError();
    this.jobs.set(name, jobs);
    jobs.tries += 1;
    try {
      return await new IdempotencyScope(request, jobs).run(() => work(jobs.ids));
    } finally {
      jobs.tries -= 1;
      if (jobs.tries === 0) this.jobs.delete(name);
    }
  }

  private async find(request: KeyedRequest): Promise<IdempotencyKey | undefined> {
    const { ownerId, key } = request;
    const found = await this.keys.findOneBy({ ownerId, key });
    if (!found) return undefined;
    if (found.createdAt.getTime() <= Date.now() - KEY_LIFE_MS) {
      await this.storage.optional('the end of a key', () => this.keys.delete({ ownerId, key }));
      return undefined;
    }
    if (found.fingerprint !== request.fingerprint) throw new IdempotencyKeyReusedError();
    return found;
  }

  private async assertRepeatable(
    { caller }: KeyedRequest,
    known: IdempotencyKey | undefined,
  ): Promise<void> {
    if (!caller) return;
    for (const id of known?.jobIds ?? []) {
      const job = await this.repository.find(id);
      if (job) this.access.assert(caller, 'create', job.kind);
    }
  }

  private async keep(
    { ownerId, key, fingerprint }: KeyedRequest,
    jobIds: string[],
    { status, body }: Answer,
  ): Promise<void> {
    const text = JSON.stringify(body ?? null);
    const kept = text.length <= ANSWER_LIMIT ? text : null;
    const { affected } = await this.keys.update({ ownerId, key }, { status, body: kept });
    if (affected) return;
    const createdAt = new Date();
    await this.keys.insert({ ownerId, key, fingerprint, jobIds, status, body: kept, createdAt });
  }

  private async forget(): Promise<void> {
    const createdAt = LessThan(new Date(this.clock.now() - KEY_LIFE_MS));
    await this.storage.optional('the end of old keys', () => this.keys.delete({ createdAt }));
  }
}
