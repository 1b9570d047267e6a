import { Inject, Injectable, Optional } from '@nestjs/common';
import { AppError } from '../../common/index.js';
import { CONFIG, type Config } from '../../config/index.js';
import {
  addressProblem,
  Outside,
  redirectOf,
  RESOLVER,
  type Answer,
  type Resolver,
} from '../../files/index.js';
import {
  HubBusyError,
  HubNotFoundError,
  HubRefusedError,
  HubUnavailableError,
} from './hub.errors.js';
import { CIVITAI, HUGGING_FACE, tokenAdvice } from './hub-names.js';

const MAX_REDIRECTS = 5;

/** TCP ports of public servers that may be asked. */
const PORTS = [80, 443];

/** The longest answer to a question, in bytes: models with hundreds of versions have a few MiB. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

const LONGEST_WAIT_SECONDS = 300;

export interface Fetching {
  method?: 'GET' | 'HEAD';
  headers?: Record<string, string>;
  signal: AbortSignal;
  /** Whether an answer that sends elsewhere is given back instead of followed. */
  isEnough?: (answer: Answer) => boolean;
}

/** An answer, and where it came from after all redirects. */
export interface Fetched extends Answer {
  url: URL;
}

/** Seconds that an answer asks us to wait. */
export function retryAfterOf({ headers }: Answer, otherwise: number): number {
  const seconds = Number(headers['retry-after']);
  if (!Number.isFinite(seconds) || seconds < 0) return otherwise;
  return Math.min(Math.ceil(seconds), LONGEST_WAIT_SECONDS);
}

/** An address as it may be shown: its query may hold a token. */
export function shownAddress(url: URL): string {
  return `${url.origin}${url.pathname}`;
}

/**
 * Requests to the hubs and to other servers that have models: to public addresses, to the hubs wherever
 * they were configured, and to what the settings allow besides. A token goes to its own hub only, not to
 * where that sends us.
 */
@Injectable()
export class HubHttp {
  private readonly outside: Outside;
  private readonly tokens: Map<string, string>;
  private readonly hubs: Map<string, string>;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Optional() @Inject(RESOLVER) resolver?: Resolver,
  ) {
    const { civitaiUrl, civitaiToken, huggingfaceUrl, huggingfaceToken, allow } = config.hubs;
    const civitai = new URL(civitaiUrl).origin;
    const huggingFace = new URL(huggingfaceUrl).origin;
    const tokens: [string, string][] = [
      [civitai, civitaiToken],
      [huggingFace, huggingfaceToken],
    ];
    this.hubs = new Map([
      [civitai, CIVITAI],
      [huggingFace, HUGGING_FACE],
    ]);
    this.tokens = new Map(tokens.filter(([, token]) => token !== ''));
    this.outside = new Outside({ allow, ports: PORTS, origins: [civitai, huggingFace], resolver });
  }

  /** What errors call the server of an address: a hub by its name, any other by its host. */
  nameOf({ origin, host }: URL): string {
    return this.hubs.get(origin) ?? host;
  }

  /** Follows redirects, each checked as the first address was. @throws AddressRefusedError, HubUnavailableError */
  async fetch(start: URL, { method, headers, signal, isEnough }: Fetching): Promise<Fetched> {
    let url = start;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const token = this.tokens.get(url.origin);
      const answer = await this.outside.ask(url, {
        method,
        signal,
        headers: { ...headers, ...(token && { authorization: `Bearer ${token}` }) },
        stallMs: this.config.hubs.stallSeconds * 1000,
      });
      const location = redirectOf(answer);
      if (location === undefined || isEnough?.(answer)) return { ...answer, url };
      const next = URL.parse(location, url.href);
      answer.close();
      const problem = addressProblem(next);
      if (!next || problem)
        throw new HubUnavailableError(url.host, 'it sends us to an address that is none');
      url = next;
    }
    throw new HubUnavailableError(start.host, `it is behind more than ${MAX_REDIRECTS} redirects`);
  }

  /**
   * One question with its own bound of time; the answer is closed when `read` has ended.
   * @param hub whom the errors name
   * @throws AddressRefusedError, HubUnavailableError, and whatever `read` throws.
   */
  async ask<T>(
    hub: string,
    url: URL,
    fetching: Omit<Fetching, 'signal'>,
    read: (answer: Fetched) => Promise<T> | T,
  ): Promise<T> {
    const { lookupSeconds } = this.config.hubs;
    const signal = AbortSignal.timeout(lookupSeconds * 1000);
    try {
      const answer = await this.fetch(url, { ...fetching, signal });
      try {
        return await read(answer);
      } finally {
        answer.close();
      }
    } catch (error) {
      if (error instanceof AppError) throw error;
      const reason = signal.aborted
        ? `it took longer than ${lookupSeconds} seconds`
        : 'the connection failed';
      throw new HubUnavailableError(hub, reason, error);
    }
  }

  /** The hub's answer to a question, as JSON. `what` names what is asked for. */
  json(hub: string, what: string, url: URL): Promise<unknown> {
    return this.ask(hub, url, { headers: { accept: 'application/json' } }, async (answer) => {
      refuse(hub, what, answer);
      const text = await textOf(hub, answer);
      try {
        return JSON.parse(text) as unknown;
      } catch (error) {
        throw new HubUnavailableError(hub, 'its answer is not JSON', error);
      }
    });
  }
}

/** @throws AppError for every answer that is no good one. */
export function refuse(hub: string, what: string, answer: Answer): void {
  const { status } = answer;
  if (status >= 200 && status < 300) return;
  if (status === 404 || status === 410) throw new HubNotFoundError(`${hub} has no ${what}.`);
  if (status === 401 || status === 403)
    throw new HubRefusedError(
      `${hub} does not give ${what} to this server. It may ask for an account: accept its terms there, and ${tokenAdvice(hub)}.`,
    );
  if (status === 429) throw new HubBusyError(hub, retryAfterOf(answer, 30));
  throw new HubUnavailableError(hub, `it answered with status ${status}`);
}

async function textOf(hub: string, { body }: Answer): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new HubUnavailableError(hub, 'its answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
