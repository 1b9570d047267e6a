import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Socket } from 'node:net';
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
  // Undefined on a Unix socket, whatever the type says.
  return (request.ip as string | undefined) ?? 'unix';
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
