import type { IncomingMessage } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config/index.js';
import { CrossOriginError, HostNotAllowedError } from './auth-errors.js';
import { isReadBasic } from './basic-credential.js';
import { isExplicit, isFromCookie, withoutAnonymous } from './credential.js';
import { knownHosts } from './known-hosts.js';
import {
  clientAddressOf,
  noteSecure,
  publicAddressOf,
  type PublicAddress,
  type Received,
} from './public-address.js';
import { ProxyWarnings } from './proxy-warnings.js';
import { trustedProxies } from './trusted-proxies.js';
import { unixPeerOf } from './unix-peers.js';

/** Methods that change nothing (RFC 9110, 9.2.1). */
const SAFE_METHODS: readonly (string | undefined)[] = ['GET', 'HEAD', 'OPTIONS'];

/** What `Sec-Fetch-Site` says of requests that the server's own pages or the user made. */
const OWN_SITES: readonly string[] = ['same-origin', 'none'];

/**
 * Decides whether a browser's request may count as its user's wish. Where the credential is one that a
 * browser adds by itself (a cookie, Basic, the machine's word, or none at all), the page that sent the
 * request must be one of this server's. Programs send no `Origin` and no `Sec-Fetch-Site`, and pass.
 */
@Injectable()
export class OriginPolicy {
  private readonly trusts: (address?: string) => boolean;
  private readonly isKnownHost: (host: string) => boolean;
  private readonly allowsAnonymous: boolean;
  private readonly trustsUnixPeers: boolean;
  private readonly corsOrigins: readonly string[];

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly warnings: ProxyWarnings,
  ) {
    const { auth, server } = config;
    this.trusts = trustedProxies(server.trustedProxies);
    this.isKnownHost = knownHosts(config);
    this.allowsAnonymous = auth.methods.includes('none');
    this.trustsUnixPeers = auth.methods.includes('unix') && server.trustedProxies.length === 0;
    this.corsOrigins = server.corsOrigins;
  }

  /**
   * To be called with every request and upgrade before anything reads its credential.
   * @throws HostNotAllowedError where nothing but the host name can tell a stranger's page apart.
   */
  receive(request: IncomingMessage): void {
    this.warnings.receive(request);
    const { protocol, host } = this.addressOf(request);
    if (protocol === 'https:') noteSecure(request);
    const asksNobody =
      this.allowsAnonymous || (this.trustsUnixPeers && unixPeerOf(request.socket) !== undefined);
    if (asksNobody && host !== undefined && !this.isKnownHost(host))
      throw new HostNotAllowedError(host);
  }

  /**
   * To be called with every request once its credential stands in its headers.
   * @throws CrossOriginError where a page of another origin has it change something without showing a
   * credential of its own.
   */
  checkRequest(request: IncomingMessage): void {
    const { headers, method } = request;
    if (SAFE_METHODS.includes(method) || isExplicit(headers) || !this.isForeign(request)) return;
    if (this.showsAmbient(request)) throw new CrossOriginError(headers.origin);
    if (!this.allowsAnonymous) return;
    // A page that the operator has named may call what needs no credential, such as the log in.
    if (!this.corsOrigins.includes(headers.origin ?? ''))
      throw new CrossOriginError(headers.origin);
    withoutAnonymous(headers);
  }

  /**
   * To be called with every handshake of a live connection whose credential is not an explicit one.
   * @throws CrossOriginError where a page of another origin has opened it.
   */
  checkHandshake(handshake: Received): void {
    if (this.isForeign(handshake)) throw new CrossOriginError(handshake.headers.origin);
  }

  /** Whether a browser has sent this for a page that is not one of this server's. */
  isForeign(received: Received): boolean {
    const { headers } = received;
    const site = headers['sec-fetch-site'];
    if (site !== undefined) return !OWN_SITES.includes([site].flat().join());
    if (headers.origin === undefined) return false;
    return !isSameOrigin(headers.origin, this.addressOf(received));
  }

  /** Whether there is a credential that a browser or a proxy has added by itself. */
  private showsAmbient({ headers, socket }: IncomingMessage): boolean {
    return (
      isFromCookie(headers) ||
      isReadBasic(headers) ||
      headers['x-unix-user'] !== undefined ||
      unixPeerOf(socket) !== undefined
    );
  }

  /** The IP address of the client of an upgrade, which no framework has looked at. */
  clientAddress(received: Received): string {
    return clientAddressOf(received, this.trusts);
  }

  private addressOf(received: Received): PublicAddress {
    return publicAddressOf(received, this.trusts);
  }
}

/** Scheme, host and port alike (RFC 6454); a scheme that is not known here is taken to be the page's. */
function isSameOrigin(origin: string, { protocol, host }: PublicAddress): boolean {
  const page = URL.parse(origin);
  if (!page || host === undefined) return false;
  const here = URL.parse(`${protocol ?? page.protocol}//${host}`);
  return here !== null && page.protocol === here.protocol && page.host === here.host;
}
