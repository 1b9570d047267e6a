import {
  applyDecorators,
  Injectable,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { callerOf, type Principal } from '../../auth/index.js';
import { InvalidParametersError } from '../../common/index.js';
import { CountedTries } from './counted-tries.js';
import type { KeyedRequest } from './idempotency-scope.js';
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

/** How often the client has tried before; undefined for one that does not count. */
function triesOf({ headers }: FastifyRequest): number | undefined {
  const given = headers['x-stainless-retry-count'];
  return typeof given === 'string' && /^\d{1,4}$/.test(given) ? Number(given) : undefined;
}

export interface IdempotentOptions {
  /**
   * `replayed` (the default) gives the very answer of the first try, which must be JSON; `anew` answers
   * each try by itself, of the same jobs, for answers that are streamed or not JSON.
   */
  answers?: 'replayed' | 'anew';
}

const AnswersAnew = Reflector.createDecorator<boolean>();

/** Gives a request with an `Idempotency-Key`, or of a client that counts its tries, what the first try was given; others pass. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly idempotency: IdempotencyService,
    private readonly tries: CountedTries,
    private readonly reflector: Reflector,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const caller = callerOf(context);
    const keyed = caller && (await this.keyedRequest(http.getRequest<FastifyRequest>(), caller));
    if (!keyed) return next.handle();
    const places = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride(AnswersAnew, places))
      return from(this.idempotency.joined(keyed, () => lastValueFrom(next.handle())));
    return from(this.answer(keyed, http.getResponse<FastifyReply>(), next));
  }

  private async keyedRequest(
    request: FastifyRequest,
    caller: Principal,
  ): Promise<KeyedRequest | undefined> {
    const { userId: ownerId, keyId, sessionId, via } = caller;
    const key = keyOf(request);
    const { method, url, body } = request;
    if (key !== undefined)
      return { ownerId, caller, key, fingerprint: fingerprintOf(method, url, body) };
    const tries = triesOf(request);
    if (tries === undefined) return undefined;
    const fingerprint = fingerprintOf(keyId ?? sessionId ?? via, method, url, body);
    const counted = await this.tries.keyFor(ownerId, fingerprint, tries);
    return { ownerId, caller, key: counted, fingerprint };
  }

  private async answer(
    keyed: KeyedRequest,
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
 * gets the same answer, and makes nothing again. So does one that says in `X-Stainless-Retry-Count` that
 * it is another try, of the latest request with the same credential, address and body. The body must be
 * parsed before the handler runs.
 */
export function Idempotent({ answers = 'replayed' }: IdempotentOptions = {}): MethodDecorator &
  ClassDecorator {
  return applyDecorators(AnswersAnew(answers === 'anew'), UseInterceptors(IdempotencyInterceptor));
}
