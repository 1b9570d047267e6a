import { AsyncLocalStorage } from 'node:async_hooks';
import { change, type Steps } from '../../common/index.js';

/** What is asked for under which key, and by whom. */
export interface KeyedRequest {
  ownerId: string;
  key: string;
  /** SHA-256 of what is asked for, in hex. */
  fingerprint: string;
}

/**
 * A request under a key while it is being answered. Jobs that are submitted within are stored together
 * with the key; jobs that an earlier try of the same request has stored are not made again.
 */
export class IdempotencyScope {
  private static readonly current = new AsyncLocalStorage<IdempotencyScope>();
  private used = 0;

  constructor(
    private readonly request: KeyedRequest,
    /** The jobs of the request, those of earlier tries first. */
    readonly jobIds: string[],
  ) {}

  /** The scope of the request that is being answered; undefined for a request without a key. */
  static get(): IdempotencyScope | undefined {
    return this.current.getStore();
  }

  run<Result>(work: () => Promise<Result>): Promise<Result> {
    return IdempotencyScope.current.run(this, work);
  }

  /** The next job that an earlier try has made already; undefined when it is to be made now. */
  takeKnown(): string | undefined {
    const known = this.jobIds[this.used];
    if (known !== undefined) this.used += 1;
    return known;
  }

  /** Writes down that the request has made this job; belongs into the transaction that stores the job. */
  *remember(jobId: string): Steps<void> {
    const { ownerId, key, fingerprint } = this.request;
    const ids = JSON.stringify([...this.jobIds, jobId]);
    yield* change(
      `INSERT INTO "idempotency_keys" ("ownerId", "key", "fingerprint", "jobIds", "createdAt")
       VALUES (?, ?, ?, ?, ?)
       ON CONFLICT ("ownerId", "key") DO UPDATE SET "jobIds" = excluded."jobIds"`,
      ownerId,
      key,
      fingerprint,
      ids,
      Date.now(),
    );
  }

  /** To be called when the transaction is through. */
  remembered(jobId: string): void {
    this.jobIds.push(jobId);
    this.used = this.jobIds.length;
  }
}
