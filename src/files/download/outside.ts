import { lookup, type LookupAddress } from 'node:dns';
import type { IncomingHttpHeaders } from 'node:http';
import { isIP, type LookupFunction } from 'node:net';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { Agent, request } from 'undici';
import { unlessAborted, VERSION } from '../../common/index.js';
import { AddressRefusedError } from './download.errors.js';
import { AllowedHosts, isPublicAddress } from './public-address.js';

const REDIRECTS = [301, 302, 303, 307, 308];

/** Milliseconds until a connection must be made, with all its addresses tried. */
const CONNECT_MS = 15_000;

/** Finds all addresses of a host name. */
export type Resolver = (hostname: string) => Promise<LookupAddress[]>;

/** Injection token of a {@link Resolver} other than the system's. */
export const RESOLVER = Symbol('resolver');

const systemResolver: Resolver = (hostname) =>
  promisify(lookup)(hostname, { all: true, verbatim: true });

/** Where requests may go. */
export interface OutsideRules {
  /** Hosts, addresses and networks that may be reached though they are not public, on any port. */
  allow: readonly string[];
  /** TCP ports of public servers that may be asked. */
  ports: readonly number[];
  /** Origins, such as `http://10.0.0.1:8000`, that may be reached wherever they are. */
  origins?: readonly string[];
  resolver?: Resolver;
}

export interface Question {
  method?: 'GET' | 'HEAD';
  headers?: Record<string, string>;
  signal: AbortSignal;
  /** Milliseconds without a byte after which it is given up; default 300,000. */
  stallMs?: number;
}

/** The head of an answer, and its body as it comes. */
export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Readable;
  /** Must be called; what was not read is not waited for. */
  close(): void;
}

/** What is wrong with an address that somebody gave; ends the sentence "The address …". */
export function addressProblem(url: URL | null): string | undefined {
  if (!url) return 'must be a whole address like https://example.org/picture.png';
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return 'must begin with http:// or https://';
  if (url.username !== '' || url.password !== '') return 'must not hold a name or a password';
  return undefined;
}

/** Where an answer sends us; undefined for one that is no redirect. */
export function redirectOf({ status, headers }: Answer): string | undefined {
  return REDIRECTS.includes(status) ? headers.location : undefined;
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

/**
 * Requests to other servers that cannot become a way into our own network: each address is resolved
 * here, checked, and connected to as it was checked. Redirects are not followed: each is a new question.
 */
export class Outside {
  private readonly allowed: AllowedHosts;
  private readonly resolve: Resolver;

  constructor(private readonly rules: OutsideRules) {
    this.allowed = new AllowedHosts(rules.allow);
    this.resolve = rules.resolver ?? systemResolver;
  }

  /** @throws AddressRefusedError, and whatever the system or the client says of the connection. */
  async ask(url: URL, { method = 'GET', headers, signal, stallMs }: Question): Promise<Answer> {
    const addresses = await this.addressesOf(url, signal);
    const agent = new Agent({
      connect: { lookup: pinned(addresses), timeout: CONNECT_MS },
      allowH2: false,
      connections: 1,
      pipelining: 0,
      ...(stallMs !== undefined && { headersTimeout: stallMs, bodyTimeout: stallMs }),
    });
    const close = (): void => void agent.destroy().catch(() => undefined);
    try {
      const answer = await request(url, {
        dispatcher: agent,
        method,
        signal,
        headers: {
          'accept-encoding': 'identity',
          'user-agent': `atelier/${VERSION}`,
          ...headers,
        },
      });
      // Destroyed unread, the body would end the process with an error that nobody hears.
      answer.body.on('error', () => undefined);
      const { statusCode: status, headers: head, body } = answer;
      return { status, headers: head as IncomingHttpHeaders, body, close };
    } catch (error) {
      close();
      throw error;
    }
  }

  /** The addresses to connect to; all of a name must be good, so that it does not matter which is taken. */
  private async addressesOf(url: URL, signal: AbortSignal): Promise<LookupAddress[]> {
    const host = hostOf(url);
    const family = isIP(host);
    const addresses =
      family === 0 ? await unlessAborted(signal, this.resolve(host)) : [{ address: host, family }];
    const isAllowed = ({ address }: LookupAddress): boolean => this.allowed.hasAddress(address);
    const isTrusted = this.rules.origins?.includes(url.origin) || this.allowed.hasName(host);
    if (addresses.length > 0 && (isTrusted || addresses.every(isAllowed))) return addresses;
    const isPublic = addresses.every((one) => isPublicAddress(one.address) || isAllowed(one));
    const isUsualPort = this.rules.ports.includes(portOf(url));
    if (addresses.length === 0 || !isPublic || !isUsualPort) throw new AddressRefusedError();
    return addresses;
  }
}
