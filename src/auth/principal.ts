import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Permission, Role } from './permissions.js';

/** Who is calling, as proven by their credential. */
export interface Principal {
  userId: string;
  username: string;
  role: Role;
  permissions: readonly Permission[];
  /** The log in that the credential belongs to; ends with `session.revoked`. */
  sessionId?: string;
  /** When the credential stops being good. */
  expiresAt?: Date;
  /** How the caller proved who they are. */
  via: 'jwt';
}

export function can(principal: Principal, permission: Permission): boolean {
  return principal.permissions.includes(permission);
}

interface SocketClient {
  data?: { principal?: Principal };
}

/**
 * The caller of this request; none on a public route without a good credential. A socket gateway puts
 * its caller into `client.data.principal` when the connection is made.
 */
export function callerOf(context: ExecutionContext): Principal | undefined {
  if (context.getType() === 'ws')
    return context.switchToWs().getClient<SocketClient>().data?.principal;
  return context.switchToHttp().getRequest<{ user?: Principal }>().user;
}

/** Parameter decorator: the {@link Principal} of the request, undefined for a stranger on a public route. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext) =>
  callerOf(context),
);
