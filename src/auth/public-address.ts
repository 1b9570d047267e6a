import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';

/** A request, or the handshake of a live connection, as far as it is known where it came from. */
export type Received = Pick<IncomingMessage, 'headers'> & { socket?: IncomingMessage['socket'] };

/** How the client reached the server: what its browser shows in the address bar. */
export interface PublicAddress {
  /** Undefined where a proxy may have ended TLS without saying so. */
  protocol: 'http:' | 'https:' | undefined;
  /** Host and port as in `Host`; undefined where the client sent none. */
  host: string | undefined;
}

/** Requests that came over TLS, to this server or to a trusted proxy. */
const secure = new WeakSet<IncomingMessage>();

/** The entry that the nearest proxy has added. */
function lastOf(header: string | string[] | undefined): string | undefined {
  const last = [header ?? ''].flat().join(',').split(',').at(-1)?.trim();
  return last === '' ? undefined : last;
}

/**
 * The address at which a request arrived. `X-Forwarded-*` counts only from a trusted proxy.
 * @param trusts whether the peer's IP address is that of a trusted proxy
 */
export function publicAddressOf(
  { headers, socket }: Received,
  trusts: (address?: string) => boolean,
): PublicAddress {
  const trusted = trusts(socket?.remoteAddress);
  const forwarded = trusted ? lastOf(headers['x-forwarded-proto'])?.toLowerCase() : undefined;
  const encrypted = (socket as Partial<TLSSocket> | undefined)?.encrypted === true;
  const host = trusted ? lastOf(headers['x-forwarded-host']) : undefined;
  return {
    protocol:
      encrypted || forwarded === 'https' ? 'https:' : forwarded === 'http' ? 'http:' : undefined,
    host: host ?? headers.host,
  };
}

/**
 * The IP address of the client: of the peer, or of whom the nearest proxy that is not trusted has let in.
 * Empty on a Unix socket.
 */
export function clientAddressOf(
  { headers, socket }: Received,
  trusts: (address?: string) => boolean,
): string {
  const forwarded = [headers['x-forwarded-for'] ?? ''].flat().join(',').split(',');
  let address = socket?.remoteAddress ?? '';
  while (trusts(address)) {
    const before = forwarded.pop()?.trim();
    if (before === undefined || before === '') break;
    address = before;
  }
  return address;
}

/** Notes that a request came over TLS. */
export function noteSecure(request: IncomingMessage): void {
  secure.add(request);
}

/** Whether a request came over TLS, as far as this server or a trusted proxy can tell. */
export function isSecure(request: IncomingMessage): boolean {
  return secure.has(request);
}
