import { Inject, Injectable, Optional } from '@nestjs/common';
import sharp from 'sharp';
import { AppError, messageOf, ValidationError } from '../../common/index.js';
import { CONFIG, type Config } from '../../config/index.js';
import { pictureKind } from '../picture-kind.js';
import { DownloadFailedError, DownloadTooLargeError, NotAPictureError } from './download.errors.js';
import {
  addressProblem,
  Outside,
  redirectOf,
  RESOLVER,
  type Answer,
  type Resolver,
} from './outside.js';

const MIB = 1024 * 1024;
const MAX_REDIRECTS = 3;

/** Of what is passed on undecoded; more than any camera makes. */
const MAX_REMOTE_PIXELS = 2 ** 28;

export interface RemotePicture {
  data: Buffer;
  /** By its own first bytes, not by what the other server says. */
  contentType: string;
}

/**
 * Pictures from other servers, without becoming a way into our own network: each address is resolved
 * here, checked, and connected to as it was checked; each redirect begins anew.
 */
@Injectable()
export class RemotePictures {
  private readonly outside: Outside;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Optional() @Inject(RESOLVER) resolver?: Resolver,
  ) {
    const { downloadAllow: allow, downloadPorts: ports } = config.files;
    this.outside = new Outside({ allow, ports, resolver });
  }

  /**
   * @param signal ends the download when the caller has gone
   * @throws ValidationError, AddressRefusedError, DownloadFailedError, DownloadTooLargeError, NotAPictureError
   */
  async get(address: string, signal: AbortSignal): Promise<RemotePicture> {
    const { downloadSeconds } = this.config.files;
    const limit = AbortSignal.any([signal, AbortSignal.timeout(downloadSeconds * 1000)]);
    const data = await this.follow(this.parse(address), limit).catch((error: unknown) => {
      if (error instanceof AppError) throw error;
      const reason = limit.aborted
        ? `it took longer than ${downloadSeconds} seconds`
        : 'the other server cannot be reached';
      throw new DownloadFailedError(reason, error);
    });
    return { data, contentType: await this.typeOf(data) };
  }

  private parse(address: string, base?: URL): URL {
    const url = URL.parse(address, base?.href);
    const problem = addressProblem(url);
    if (url && problem === undefined) return url;
    if (base) throw new DownloadFailedError('the other server sent us to an address that is none');
    throw new ValidationError([{ field: 'url', message: `url ${problem}.` }]);
  }

  private async follow(start: URL, signal: AbortSignal): Promise<Buffer> {
    let url = start;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const answer = await this.visit(url, signal);
      if ('data' in answer) return answer.data;
      url = this.parse(answer.location, url);
    }
    throw new DownloadFailedError(`it is behind more than ${MAX_REDIRECTS} redirects`);
  }

  /** One request: what is there, or where to go on. */
  private async visit(
    url: URL,
    signal: AbortSignal,
  ): Promise<{ data: Buffer } | { location: string }> {
    const answer = await this.outside.ask(url, { signal, headers: { accept: 'image/*' } });
    try {
      const location = redirectOf(answer);
      if (location !== undefined) return { location };
      if (answer.status !== 200)
        throw new DownloadFailedError(`the other server answered with status ${answer.status}`);
      return { data: await this.read(answer) };
    } finally {
      answer.close();
    }
  }

  private async read({ headers, body }: Answer): Promise<Buffer> {
    const { downloadMb } = this.config.files;
    if (Number(headers['content-length'] ?? 0) > downloadMb * MIB)
      throw new DownloadTooLargeError(downloadMb);
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > downloadMb * MIB) throw new DownloadTooLargeError(downloadMb);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  private async typeOf(data: Buffer): Promise<string> {
    const kind = pictureKind(data);
    if (!kind) throw new NotAPictureError();
    const { width, height } = await sharp(data, { limitInputPixels: MAX_REMOTE_PIXELS, pages: 1 })
      .metadata()
      .catch((error: unknown) => {
        throw new DownloadFailedError(`the picture is damaged (${messageOf(error)})`, error);
      });
    if (!width || !height) throw new NotAPictureError();
    return `image/${kind}`;
  }
}
