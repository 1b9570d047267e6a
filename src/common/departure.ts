import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

/** Parameter decorator: a signal that is aborted when the client of an HTTP request hangs up. */
export const Departure = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const gone = new AbortController();
  const { raw } = context.switchToHttp().getResponse<FastifyReply>();
  raw.once('close', () => gone.abort());
  return gone.signal;
});
