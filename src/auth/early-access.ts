import { Injectable, type ExecutionContext, type Type } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AccessCheck, type HandlerAccess } from './access-check.js';
import { AccessGuard } from './access.guard.js';

/** A request before it has a handler, as far as the guard asks. */
function contextOf(
  { target }: HandlerAccess,
  request: FastifyRequest,
  reply: FastifyReply,
): ExecutionContext {
  const http = { getRequest: () => request, getResponse: () => reply, getNext: () => undefined };
  return {
    getType: () => 'http',
    getHandler: () => target.handler,
    getClass: () => target.controller as Type<unknown>,
    getArgs: () => [request, reply],
    switchToHttp: () => http,
  } as unknown as ExecutionContext;
}

/**
 * Asks the guard as soon as the head of a request is there: who may not call is refused before a byte of the
 * body is read. It stands in `onRequest` behind the check of origins, which it relies on. The guard itself
 * then knows the request already.
 */
@Injectable()
export class EarlyAccess {
  private routes: Map<string, HandlerAccess> | undefined;

  constructor(
    private readonly access: AccessCheck,
    private readonly guard: AccessGuard,
  ) {}

  /** @throws AuthRequiredError, InsufficientPermissionsError, and what a wrong credential is refused with */
  async check(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    this.routes ??= new Map(
      this.access.handlers().flatMap((one) => one.routes.map((route) => [route, one])),
    );
    const found = this.routes.get(`${method} ${request.routeOptions.url}`);
    // What is no handler of ours, such as an address that nobody answers at, reads no body.
    if (found) await this.guard.canActivate(contextOf(found, request, reply));
  }
}
