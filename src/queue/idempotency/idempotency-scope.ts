import { AsyncLocalStorage } from 'node:async_hooks';
import type { Principal } from '../../auth/index.js';
import { change, type Steps } from '../../common/index.js';

/** What is asked for under which key, and by whom. */
export interface KeyedRequest {
  ownerId: string;
  /** Who repeats it, possibly with less permission than the first; default: who may do all. */
  caller?: Principal;
  key: string;
  /** SHA-256 of what is asked for, in hex. */
  fingerprint: string;
}

/** The jobs of a request, shared by all tries of it that are being answered right now. */
export class KeyedJobs {
  private turn: Promise<unknown> = Promise.resolve();
  /** How many tries are being answered. */
  tries = 0;

  constructor(
    readonly fingerprint: string,
    /** In their order, those of earlier tries first. */
    readonly ids: string[],
  ) {}

  /** Does this when nobody else does such a thing. */
  alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.turn.then(work);
    this.turn = done.catch(() => undefined);
    return done;
  }
}

/**
 * One try of a request under a key, while it is being answered. Jobs that are submitted within are stored
 * together with the key; jobs that another try of the same request has stored are not made again.
 */
export class IdempotencyScope {
  private static readonly current = new AsyncLocalStorage<IdempotencyScope>();
  private used = 0;

  constructor(
    private readonly request: KeyedRequest,
    private readonly jobs: KeyedJobs,
  ) {}

  /** The scope of the request that is being answered; undefined for a request without a key. */
  static get(): IdempotencyScope | undefined {
    return this.current.getStore();
  }

  run<Result>(work: () => Promise<Result>): Promise<Result> {
    return IdempotencyScope.current.run(this, work);
  }

  /** The request's next jobs, so many: those that another try has made, or else those that are made now. */
  nextJobs(count: number, make: () => Promise<string[]>): Promise<string[]> {
    return this.jobs.alone(async () => {
      const known = this.jobs.ids.slice(this.used, this.used + count);
      const ids = known.length === count ? known : await make();
      if (ids !== known) this.jobs.ids.push(...ids);
      this.used += count;
      return ids;
    });
  }

  /** Writes down that the request has made these jobs; belongs into the transaction that stores them. */
  *remember(jobIds: readonly string[]): Steps<void> {
    const { ownerId, key, fingerprint } = this.request;
    yield* change(
      `INSERT INTO "idempotency_keys" ("ownerId", "key", "fingerprint", "jobIds", "createdAt")
       VALUES (?, ?, ?, ?, ?)
       ON CONFLICT ("ownerId", "key") DO UPDATE SET "jobIds" = excluded."jobIds"`,
      ownerId,
      key,
      fingerprint,
      JSON.stringify([...this.jobs.ids, ...jobIds]),
      Date.now(),
    );
  }
}
