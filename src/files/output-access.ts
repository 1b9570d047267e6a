import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { AuthRequiredError, can, type Principal } from '../auth/index.js';
import { NotFoundError, readOrCreateSecret } from '../common/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { JobArchive, JobNotFoundError } from '../queue/index.js';
import { LinkRefusedError } from './files.errors.js';

const SECRET_BYTES = 32;

/** What a link says of how long it is good, and proves it with. */
export interface LinkProof {
  /** Unix time in seconds. */
  expires?: number;
  /** HMAC-SHA-256 of job, file and time, in base64url. */
  signature?: string;
}

/** Decides who may fetch an output, and makes links that open one for a while. */
@Injectable()
export class OutputAccess {
  /** By whom outputs may be fetched (ATELIER_FILES_ACCESS). */
  readonly access: Config['files']['access'];
  private readonly secret: string;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly archive: JobArchive,
  ) {
    this.access = config.files.access;
    this.secret = readOrCreateSecret(join(config.storage.dataDir, 'link-secret'), () =>
      randomBytes(SECRET_BYTES).toString('base64url'),
    );
  }

  /** Whether everybody may keep a copy, so that shared caches may too. */
  get isPublic(): boolean {
    return this.access === 'public';
  }

  /** @throws AuthRequiredError, NotFoundError for somebody else's and for those of a deleted job, LinkRefusedError */
  async check(
    caller: Principal | undefined,
    jobId: string,
    filename: string,
    proof: LinkProof,
  ): Promise<void> {
    if (await this.archive.isDeleted(jobId)) throw new NotFoundError('There is no such file.');
    if (this.access === 'public') return;
    if (caller && (await this.mayRead(caller, jobId))) return;
    if (this.access === 'signed') return this.checkSignature(jobId, filename, proof);
    if (!caller) throw AuthRequiredError.missing();
    throw new NotFoundError('There is no such file.');
  }

  /**
   * The query that opens an output until this moment, for the job's owner or who may see all jobs.
   * @param expires Unix time in seconds
   * @throws JobNotFoundError also for somebody else's job.
   */
  async sign(
    caller: Principal,
    jobId: string,
    filename: string,
    expires: number,
  ): Promise<Required<LinkProof>> {
    if (!(await this.mayRead(caller, jobId))) throw new JobNotFoundError(jobId);
    return { expires, signature: this.signature(jobId, filename, expires) };
  }

  /** Whether the job is the caller's own, or they may see all; false for one that does not exist. */
  async mayRead(caller: Principal, jobId: string): Promise<boolean> {
    if (!can(caller, 'output:read')) return false;
    const ownerId = await this.archive.ownerOf(jobId);
    return ownerId !== undefined && (ownerId === caller.userId || can(caller, 'job:read_all'));
  }

  private checkSignature(jobId: string, filename: string, proof: LinkProof): void {
    const { expires, signature } = proof;
    if (expires === undefined || signature === undefined) throw new LinkRefusedError('missing');
    const right = Buffer.from(this.signature(jobId, filename, expires));
    const given = Buffer.from(signature);
    if (right.length !== given.length || !timingSafeEqual(right, given))
      throw new LinkRefusedError('wrong');
    if (expires * 1000 < Date.now()) throw new LinkRefusedError('expired');
  }

  private signature(jobId: string, filename: string, expires: number): string {
    return createHmac('sha256', this.secret)
      .update(`${jobId}\n${filename}\n${expires}`)
      .digest('base64url');
  }
}
