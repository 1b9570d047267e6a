import send from '@fastify/send';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '../auth/index.js';
import { NotFoundError } from '../common/index.js';
import { JobArchive } from '../queue/index.js';
import { OutputExpiredError, PreconditionError, RangeError } from './files.errors.js';
import { OutputAccess, type LinkProof } from './output-access.js';
import { OutputStore, type FilePlace } from './output-store.js';
import { Thumbnails, type ThumbnailForm } from './thumbnails.js';

const YEAR_SECONDS = 365 * 24 * 3600;

/** An output that somebody asks for. */
export interface WantedOutput {
  caller: Principal | undefined;
  jobId: string;
  filename: string;
  /** What a signed link proves. */
  proof: LinkProof;
  /** A small version instead of the file. */
  thumbnail?: { size: number; form?: ThumbnailForm };
}

/** A request over HTTP and what is answered. */
export interface Exchange {
  request: FastifyRequest;
  reply: FastifyReply;
}

/** Sends outputs over HTTP, whole or in ranges, with ETag and long caching: an output never changes. */
@Injectable()
export class OutputDelivery {
  constructor(
    private readonly outputs: OutputStore,
    private readonly thumbnails: Thumbnails,
    private readonly access: OutputAccess,
    private readonly archive: JobArchive,
  ) {}

  /**
   * @throws AuthRequiredError, LinkRefusedError, NotFoundError, OutputExpiredError, NoThumbnailError,
   * RangeError, PreconditionError
   */
  async send(wanted: WantedOutput, { request, reply }: Exchange): Promise<void> {
    const { root, name } = await this.find(wanted);
    const file = await send(request.raw, name, { root, cacheControl: false, index: false });
    if (file.statusCode === 416) throw new RangeError(sizeIn(file.headers['Content-Range']));
    if (file.statusCode === 412) throw new PreconditionError();
    if (file.type !== 'file') throw new NotFoundError('There is no such file.');
    await reply
      .status(file.statusCode)
      .headers(file.headers)
      .header(
        'cache-control',
        `${this.access.isPublic ? 'public' : 'private'}, max-age=${YEAR_SECONDS}, immutable`,
      )
      .header('x-content-type-options', 'nosniff')
      .send(file.stream);
  }

  /** Whether there is such an output that the caller may have. @throws as {@link send} does where not */
  async check(wanted: WantedOutput): Promise<void> {
    await this.find(wanted);
  }

  private async find(wanted: WantedOutput): Promise<FilePlace> {
    const { caller, jobId, filename, proof } = wanted;
    await this.access.check(caller, jobId, filename, proof);
    return this.locate(wanted);
  }

  private async locate({ jobId, filename, thumbnail }: WantedOutput): Promise<FilePlace> {
    try {
      if (!thumbnail) return await this.outputs.locate(jobId, filename);
      const { size, form } = thumbnail;
      return await this.thumbnails.locate(jobId, filename, size, form);
    } catch (error) {
      if (error instanceof NotFoundError && (await this.archive.isExpired(jobId)))
        throw new OutputExpiredError();
      throw error;
    }
  }
}

/** The length that a `Content-Range` names behind its slash. */
function sizeIn(header: string | undefined): number | undefined {
  const size = header?.split('/')[1];
  return size === undefined ? undefined : Number(size);
}
