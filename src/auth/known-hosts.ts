import { isIP } from 'node:net';
import { hostname } from 'node:os';
import type { Config } from '../config/index.js';

/** Domains under which nobody on the internet can own a name (RFC 6762, RFC 8375, ICANN's `.internal`). */
const PRIVATE_DOMAINS = ['local', 'internal', 'home.arpa'];

/** The name in a `Host` header, without its port, in lower case; undefined for what no browser sends. */
export function hostNameOf(host: string): string | undefined {
  const [, literal, name] = /^(?:\[([\da-f:.]+)\]|([\w.-]+))(?::\d{1,5})?$/i.exec(host) ?? [];
  return (literal ?? name)?.toLowerCase().replace(/\.$/, '');
}

function machineNames(): string[] {
  const own = hostname().toLowerCase();
  const [short = own] = own.split('.', 1);
  return [own, short, ...PRIVATE_DOMAINS.map((domain) => `${short}.${domain}`)];
}

/**
 * Whether a `Host` names this server. A page can make its own host name resolve to any address (DNS
 * rebinding), but it cannot make its browser send another name than its own.
 */
export function knownHosts({ server }: Config): (host: string) => boolean {
  const names = new Set([
    'localhost',
    ...machineNames(),
    server.host.toLowerCase(),
    ...server.listeners.flatMap(({ host }) => host?.toLowerCase() ?? []),
    ...server.allowedHosts,
  ]);
  const domains = ['.localhost', ...server.allowedHosts.filter((name) => name.startsWith('.'))];
  return (host) => {
    const name = hostNameOf(host);
    if (name === undefined) return false;
    if (isIP(name) !== 0 || names.has(name)) return true;
    return domains.some((domain) => name.endsWith(domain));
  };
}
