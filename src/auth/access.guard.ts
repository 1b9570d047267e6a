import { Injectable, type ExecutionContext } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { accessOf, assertAllowed } from './access.js';
import { AuthRequiredError, UndeclaredAccessError } from './auth-errors.js';
import type { FastifyReply } from 'fastify';
import { CallerConnections } from './caller-connections.js';
import { CredentialStrategy } from './credential.strategy.js';
import { JwtStrategy } from './jwt.strategy.js';
import { callerOf } from './principal.js';
import { refusalOf } from './token.js';

/** The one guard of the house, closed by default: a handler that declares nothing is refused to everybody. */
@Injectable()
export class AccessGuard extends AuthGuard() {
  /** Requests that were let in when their heads came. */
  private readonly admitted = new WeakSet<object>();

  constructor(
    jwt: JwtStrategy,
    others: CredentialStrategy,
    private readonly connections: CallerConnections,
  ) {
    super({ defaultStrategy: [jwt.name, others.name] });
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const request =
      context.getType() === 'http' ? context.switchToHttp().getRequest<object>() : undefined;
    if (request && this.admitted.has(request)) return true;
    const access = accessOf(context.getHandler(), context.getClass());
    if (!access)
      throw new UndeclaredAccessError(`${context.getClass().name}.${context.getHandler().name}`);
    if (context.getType() === 'http') await super.canActivate(context);
    const caller = callerOf(context);
    assertAllowed(access, caller);
    if (caller && context.getType() === 'http')
      this.connections.add(context.switchToHttp().getResponse<FastifyReply>().raw, caller, access);
    if (request) this.admitted.add(request);
    return true;
  }

  /**
   * Passport's verdict as a principal; on a public route a bad credential counts as none. `why` has what
   * each strategy says: the one for tokens why it failed, the other one speaks up by an error.
   */
  override handleRequest<Caller>(
    error: Error | null,
    caller: Caller | false | null,
    why: unknown,
    context: ExecutionContext,
  ): Caller {
    if (caller) return caller;
    const refusal = error ?? refusalOf([why].flat()[0]);
    const open = accessOf(context.getHandler(), context.getClass()) === 'public';
    if (open && refusal instanceof AuthRequiredError) return undefined as Caller;
    throw refusal;
  }
}
