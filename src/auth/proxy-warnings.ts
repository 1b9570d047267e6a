import type { IncomingMessage } from 'node:http';
import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { CONFIG, type Config } from '../config/index.js';
import { trustedProxies, wideRanges } from './trusted-proxies.js';

/** Peers that are warned of; more would be strangers who fill the log. */
const WARNED_PEERS = 10;

/** Tells the operator where the settings of proxies do not fit what arrives. */
@Injectable()
export class ProxyWarnings implements OnApplicationBootstrap {
  private readonly logger = new Logger('Proxies');
  private readonly trusts: (address?: string) => boolean;
  private readonly warned = new Set<string>();

  constructor(@Inject(CONFIG) private readonly config: Config) {
    this.trusts = trustedProxies(config.server.trustedProxies);
  }

  onApplicationBootstrap(): void {
    const { server, auth } = this.config;
    this.warnOfWide('ATELIER_TRUSTED_PROXIES', 'X-Forwarded-For', server.trustedProxies);
    this.warnOfWide('ATELIER_UNIX_USER_PROXIES', 'X-Unix-User', auth.unixUserProxies);
  }

  /** Warns, once for each peer, where the client's address is lost because a proxy is not named. */
  receive({ headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>): void {
    const peer = socket.remoteAddress;
    if (headers['x-forwarded-for'] === undefined || peer === undefined) return;
    if (this.warned.has(peer) || this.warned.size >= WARNED_PEERS || this.trusts(peer)) return;
    this.warned.add(peer);
    this.logger.warn(
      `X-Forwarded-For from ${peer} is ignored: all clients behind it count as one address, also where sign-ins are limited. If this is your proxy, name it in ATELIER_TRUSTED_PROXIES.`,
    );
  }

  private warnOfWide(setting: string, header: string, ranges: readonly string[]): void {
    for (const range of wideRanges(ranges))
      this.logger.warn(
        `${setting} has ${range}: everybody in that range can forge ${header}. Name the addresses of your proxies alone.`,
      );
  }
}
