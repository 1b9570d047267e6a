import { lookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { promisify } from 'node:util';
import { Inject, Injectable, Optional } from '@nestjs/common';
import sharp from 'sharp';
import { Agent, request, type Dispatcher } from 'undici';
import { AppError, messageOf, ValidationError, VERSION } from '../../common/index.js';
import { CONFIG, type Config } from '../../config/index.js';
import { pictureKind } from '../picture-kind.js';
import {
  AddressRefusedError,
  DownloadFailedError,
  DownloadTooLargeError,
  NotAPictureError,
} from './download.errors.js';
import { AllowedHosts, isPublicAddress } from './public-address.js';

const MIB = 1024 * 1024;
const MAX_REDIRECTS = 3;
const REDIRECTS = [301, 302, 303, 307, 308];

/** Finds all addresses of a host name. */
export type Resolver = (hostname: string) => Promise<LookupAddress[]>;

/** Injection token of a {@link Resolver} other than the system's. */
export const RESOLVER = Symbol('resolver');

const systemResolver: Resolver = (hostname) =>
  promisify(lookup)(hostname, { all: true, verbatim: true });

export interface RemotePicture {
  data: Buffer;
  /** By its own first bytes, not by what the other server says. */
  contentType: string;
}

/** A host as an address is written: without the brackets of IPv6. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

function portOf({ port, protocol }: URL): number {
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}

/** Answers every question with the addresses that were checked, so that no second answer is believed. */
function pinned(addresses: LookupAddress[]): LookupFunction {
  return (_hostname, options, callback) => {
    const [first] = addresses;
    if (options.all) callback(null, addresses);
    else callback(null, first?.address ?? '', first?.family);
  };
}

async function unlessAborted<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  signal.throwIfAborted();
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/**
 * Pictures from other servers, without becoming a way into our own network: each address is resolved
 * here, checked, and connected to as it was checked; each redirect begins anew.
 */
@Injectable()
export class RemotePictures {
  private readonly allowed: AllowedHosts;
  private readonly resolve: Resolver;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Optional() @Inject(RESOLVER) resolver?: Resolver,
  ) {
    this.allowed = new AllowedHosts(config.files.downloadAllow);
    this.resolve = resolver ?? systemResolver;
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
    const problem = this.problemOf(url);
    if (url && problem === undefined) return url;
    if (base) throw new DownloadFailedError('the other server sent us to an address that is none');
    throw new ValidationError([{ field: 'url', message: `url ${problem}.` }]);
  }

  private problemOf(url: URL | null): string | undefined {
    if (!url) return 'must be a whole address like https://example.org/picture.png';
    if (url.protocol !== 'http:' && url.protocol !== 'https:')
      return 'must begin with http:// or https://';
    if (url.username !== '' || url.password !== '') return 'must not hold a name or a password';
    return undefined;
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
    const addresses = await this.addressesOf(url, signal);
    const agent = new Agent({
      connect: { lookup: pinned(addresses) },
      allowH2: false,
      connections: 1,
      pipelining: 0,
    });
    try {
      const answer = await request(url, {
        dispatcher: agent,
        signal,
        headers: {
          accept: 'image/*',
          'accept-encoding': 'identity',
          'user-agent': `atelier/${VERSION}`,
        },
      });
      // Destroyed unread, the body would end the process with an error that nobody hears.
      answer.body.on('error', () => undefined);
      const { location } = answer.headers;
      if (REDIRECTS.includes(answer.statusCode) && typeof location === 'string')
        return { location };
      if (answer.statusCode !== 200)
        throw new DownloadFailedError(`the other server answered with status ${answer.statusCode}`);
      return { data: await this.read(answer) };
    } finally {
      // What was not read is not waited for.
      void agent.destroy().catch(() => undefined);
    }
  }

  /** The addresses to connect to; all of a name must be good, so that it does not matter which is taken. */
  private async addressesOf(url: URL, signal: AbortSignal): Promise<LookupAddress[]> {
    const host = hostOf(url);
    const family = isIP(host);
    const addresses =
      family === 0 ? await unlessAborted(signal, this.resolve(host)) : [{ address: host, family }];
    const isAllowed = ({ address }: LookupAddress): boolean => this.allowed.hasAddress(address);
    if (this.allowed.hasName(host) || (addresses.length > 0 && addresses.every(isAllowed)))
      return addresses;
    const isPublic = addresses.every((one) => isPublicAddress(one.address) || isAllowed(one));
    const isUsualPort = this.config.files.downloadPorts.includes(portOf(url));
    if (addresses.length === 0 || !isPublic || !isUsualPort) throw new AddressRefusedError();
    return addresses;
  }

  private async read({ headers, body }: Dispatcher.ResponseData): Promise<Buffer> {
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
    const { width, height } = await sharp(data)
      .metadata()
      .catch((error: unknown) => {
        throw new DownloadFailedError(`the picture is damaged (${messageOf(error)})`, error);
      });
    if (!width || !height) throw new NotAPictureError();
    return `image/${kind}`;
  }
}
