import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ROLE_PERMISSIONS, type Permission, type Role } from './permissions.js';
import type { User } from './user.entity.js';

/**
 * How a caller proved who they are: a log in with a password kept here (`jwt`) or with one of the machine
 * (`pam`), a username and password with each request (`basic`), an API key, the machine's word or a trusted proxy's (`unix`), not at all (`none`), the token of
 * the program that reads the metrics (`metrics-token`), or a shell on the machine itself (`cli`).
 */
export const VIAS = [
  'jwt',
  'api-key',
  'unix',
  'pam',
  'basic',
  'none',
  'metrics-token',
  'cli',
] as const;

export type Via = (typeof VIAS)[number];

/** Who is calling, as proven by their credential. */
export interface Principal {
  userId: string;
  username: string;
  role: Role;
  permissions: readonly Permission[];
  /** The log in that the credential belongs to; ends with `session.revoked`. */
  sessionId?: string;
  /** Which of the session's tokens was shown. */
  tokenId?: string;
  /** The API key that was shown; ends with `key.revoked`. */
  keyId?: string;
  /** When the credential stops being good. */
  expiresAt?: Date;
  /** The key may say for whom it asks. */
  delegates?: boolean;
  /** How the caller proved who they are. */
  via: Via;
}

type Proof = Partial<Omit<Principal, 'userId' | 'username' | 'role'>> & Pick<Principal, 'via'>;

/** A user as a caller, with all that the role permits unless the proof says less. */
export function principalOf(user: User, proof: Proof): Principal {
  return {
    userId: user.id,
    username: user.username,
    role: user.role,
    permissions: ROLE_PERMISSIONS[user.role],
    ...proof,
  };
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
