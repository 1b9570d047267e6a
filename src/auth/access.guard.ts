import { Injectable, type ExecutionContext } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { accessOf, assertAllowed } from './access.js';
import { AuthRequiredError, UndeclaredAccessError } from './auth-errors.js';
import { JwtStrategy } from './jwt.strategy.js';
import { callerOf } from './principal.js';
import { bearerToken, refusalOf } from './token.js';

function whyRefused(request: FastifyRequest, info: unknown): AuthRequiredError {
  const { authorization } = request.headers;
  if (!authorization) return AuthRequiredError.missing();
  if (bearerToken(authorization)) return refusalOf(info);
  return AuthRequiredError.refused('The Authorization header must read "Bearer <token>".');
}

/** The one guard of the house, closed by default: a handler that declares nothing is refused to everybody. */
@Injectable()
export class AccessGuard extends AuthGuard() {
  constructor(strategy: JwtStrategy) {
    super({ defaultStrategy: strategy.name });
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = accessOf(context.getHandler(), context.getClass());
    if (!access)
      throw new UndeclaredAccessError(`${context.getClass().name}.${context.getHandler().name}`);
    if (context.getType() === 'http') await super.canActivate(context);
    assertAllowed(access, callerOf(context));
    return true;
  }

  /** Passport's verdict as a principal; on a public route a bad credential counts as none. */
  override handleRequest<Caller>(
    error: Error | null,
    caller: Caller | false | null,
    info: unknown,
    context: ExecutionContext,
  ): Caller {
    if (caller) return caller;
    const refusal = error ?? whyRefused(context.switchToHttp().getRequest<FastifyRequest>(), info);
    const open = accessOf(context.getHandler(), context.getClass()) === 'public';
    if (open && refusal instanceof AuthRequiredError) return undefined as Caller;
    throw refusal;
  }
}
