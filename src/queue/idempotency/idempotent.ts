import {
  applyDecorators,
  Injectable,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { callerOf } from '../../auth/index.js';
import { InvalidParametersError } from '../../common/index.js';
import { fingerprintOf, IdempotencyService } from './idempotency.service.js';

/** Printable ASCII, as the draft "The Idempotency-Key HTTP Header Field" has it, with or without its quotes. */
const KEY = /^[\x21-\x7e]{1,255}$/;

function keyOf(request: FastifyRequest): string | undefined {
  const given = request.headers['idempotency-key'];
  if (given === undefined) return undefined;
  if (typeof given === 'string' && KEY.test(given)) return given;
  throw new InvalidParametersError(
    'Idempotency-Key must have 1 to 255 characters of printable ASCII, without spaces.',
  );
}

/** Gives a request with an `Idempotency-Key` the answer that was given before; others pass. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(private readonly idempotency: IdempotencyService) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const caller = callerOf(context);
    const key = keyOf(request);
    if (key === undefined || !caller) return next.handle();
    const { method, url, body } = request;
    const keyed = { ownerId: caller.userId, key, fingerprint: fingerprintOf(method, url, body) };
    return from(this.answer(keyed, http.getResponse<FastifyReply>(), next));
  }

  private async answer(
    keyed: { ownerId: string; key: string; fingerprint: string },
    reply: FastifyReply,
    next: CallHandler,
  ): Promise<unknown> {
    const answer = await this.idempotency.once(keyed, async () => {
      const body: unknown = await lastValueFrom(next.handle());
      return { status: reply.statusCode, body };
    });
    if (answer.replayed) void reply.status(answer.status).header('idempotency-replayed', 'true');
    return answer.body;
  }
}

/**
 * For every handler that makes something: a request that is sent again with the same `Idempotency-Key`
 * gets the same answer, and makes nothing again. The body must be parsed before the handler runs.
 */
export function Idempotent(): MethodDecorator & ClassDecorator {
  return applyDecorators(UseInterceptors(IdempotencyInterceptor));
}
