import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import { isIP, type Socket } from 'node:net';
import { unixPeerOf } from './unix-peers.js';

/** Where a request comes from. */
export interface LoginClient {
  /** IP address; `unix:<uid>` or `unix` for a connection of our own Unix socket. */
  address: string;
  userAgent?: string;
  socket?: Socket;
}

function addressOf(request: FastifyRequest): string {
  const uid = unixPeerOf(request.raw.socket);
  if (uid !== undefined) return `unix:${uid}`;
  // A proxy may pass on what a client has written into X-Forwarded-For. Undefined on a Unix socket.
  return isIP(request.ip) === 0 ? (request.raw.socket.remoteAddress ?? 'unix') : request.ip;
}

/**
 * The address of a client that is known by its connection and headers alone, such as a handshake's.
 * @param trusts whether an IP address is that of a trusted proxy
 */
export function forwardedAddress(
  headers: IncomingHttpHeaders,
  socket: Socket | undefined,
  trusts: (address?: string) => boolean,
): string {
  const uid = socket && unixPeerOf(socket);
  if (uid !== undefined) return `unix:${uid}`;
  let address = socket?.remoteAddress;
  const hops = [headers['x-forwarded-for'] ?? ''].flat().join(',').split(',');
  for (const hop of hops.map((text) => text.trim()).toReversed()) {
    if (!trusts(address) || isIP(hop) === 0) break;
    address = hop;
  }
  return address ?? 'unix';
}

export function clientOf(request: FastifyRequest): LoginClient {
  return {
    address: addressOf(request),
    userAgent: request.headers['user-agent'],
    socket: request.raw.socket,
  };
}

/** Parameter decorator: the {@link LoginClient} of the request. */
export const Client = createParamDecorator((_: unknown, context: ExecutionContext) =>
  clientOf(context.switchToHttp().getRequest<FastifyRequest>()),
);
