import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { AuthRequiredError, can, Signers, type Principal } from '../auth/index.js';
import { NotFoundError, readOrCreateSecret } from '../common/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { JobArchive, JobNotFoundError } from '../queue/index.js';
import { LinkRefusedError } from './files.errors.js';

const SECRET_BYTES = 32;

/** Characters of an HMAC-SHA-256 in base64url. */
const HMAC_LENGTH = 43;

/** What a link says of how long it is good, and proves it with. */
export interface LinkProof {
  /** Unix time in seconds. */
  expires?: number;
  /** Who signed, and HMAC-SHA-256 of job, file, time and signer, in base64url, one after the other. */
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
    private readonly signers: Signers,
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
    if (this.access === 'signed') return this.checkProof(jobId, filename, proof);
    if (!caller) throw AuthRequiredError.missing();
    throw new NotFoundError('There is no such file.');
  }

  /**
   * The query that opens an output until this moment, for the job's owner or who may see all jobs. It is
   * good no longer than its signer may see the job.
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
    const signer = this.signers.nameOf(caller);
    const hmac = this.hmac(jobId, filename, expires, signer);
    return { expires, signature: signer + hmac };
  }

  /** Whether the job is the caller's own, or they may see all; false for one that does not exist. */
  async mayRead(caller: Principal, jobId: string): Promise<boolean> {
    if (!can(caller, 'output:read')) return false;
    const ownerId = await this.archive.ownerOf(jobId);
    return ownerId !== undefined && (ownerId === caller.userId || can(caller, 'job:read_all'));
  }

  private async checkProof(jobId: string, filename: string, proof: LinkProof): Promise<void> {
    const { expires, signature } = proof;
    if (expires === undefined || signature === undefined) throw new LinkRefusedError('missing');
    const signer = signature.slice(0, -HMAC_LENGTH);
    const right = Buffer.from(this.hmac(jobId, filename, expires, signer));
    const given = Buffer.from(signature.slice(-HMAC_LENGTH));
    if (right.length !== given.length || !timingSafeEqual(right, given))
      throw new LinkRefusedError('wrong');
    if (expires * 1000 < Date.now()) throw new LinkRefusedError('expired');
    // Links of versions that named no signer are good until they expire.
    if (signer !== '' && !(await this.isGoodSigner(signer, jobId)))
      throw new LinkRefusedError('revoked');
  }

  private async isGoodSigner(signer: string, jobId: string): Promise<boolean> {
    const caller = await this.signers.find(signer);
    return caller !== undefined && this.mayRead(caller, jobId);
  }

  private hmac(jobId: string, filename: string, expires: number, signer: string): string {
    const text = `${jobId}\n${filename}\n${expires}${signer === '' ? '' : `\n${signer}`}`;
    return createHmac('sha256', this.secret).update(text).digest('base64url');
  }
}
