import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { hangUpOf } from './hang-up.js';

/** Parameter decorator: {@link hangUpOf} the client of an HTTP request. */
export const Departure = createParamDecorator((_: unknown, context: ExecutionContext) =>
  hangUpOf(context.switchToHttp().getResponse<FastifyReply>().raw),
);
