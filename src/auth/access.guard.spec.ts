import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { describe, expect, it } from 'vitest';
import { AccessGuard } from './access.guard.js';
import { Needs, Public } from './access.js';
import type { CallerConnections } from './caller-connections.js';
import type { CredentialStrategy } from './credential.strategy.js';
import type { JwtStrategy } from './jwt.strategy.js';
import type { Permission } from './permissions.js';
import type { Principal } from './principal.js';

class Handlers {
  forgotten(): void {}

  @Needs('job:read')
  needing(): void {}

  @Public()
  open(): void {}
}

const guard = new AccessGuard(
  { name: 'unregistered' } as JwtStrategy,
  { name: 'neither' } as CredentialStrategy,
  {} as CallerConnections,
);

function socketCall(handler: () => void, permissions?: Permission[]): ExecutionContextHost {
  const principal: Principal | undefined = permissions && {
    userId: 'u',
    username: 'ann',
    role: 'user',
    permissions,
    via: 'jwt',
  };
  const context = new ExecutionContextHost([{ data: { principal } }], Handlers, handler);
  context.setType('ws');
  return context;
}

describe('AccessGuard', () => {
  const { forgotten, needing, open } = Handlers.prototype;

  it('refuses a handler that declares nothing to everybody, before it asks who is calling', async () => {
    const context = new ExecutionContextHost([], Handlers, forgotten);
    await expect(guard.canActivate(context)).rejects.toMatchObject({
      code: 'INSUFFICIENT_PERMISSIONS',
      status: 403,
      message: 'Nobody may do this.',
      cause: new Error('Handlers.forgotten declares neither @Needs nor @Public'),
    });
  });

  it('takes the caller of a socket from its connection', async () => {
    expect(await guard.canActivate(socketCall(needing, ['job:read']))).toBe(true);
    expect(await guard.canActivate(socketCall(open))).toBe(true);
  });

  it('refuses a socket without a caller, or whose caller may not', async () => {
    await expect(guard.canActivate(socketCall(needing))).rejects.toMatchObject({
      code: 'AUTH_REQUIRED',
    });
    await expect(guard.canActivate(socketCall(needing, ['model:read']))).rejects.toMatchObject({
      code: 'INSUFFICIENT_PERMISSIONS',
    });
  });

  it('lets a fault of ours through as one, also on a public route', () => {
    const context = new ExecutionContextHost([{ headers: {} }], Handlers, open);
    const fault = new Error('database is locked');
    expect(() => guard.handleRequest(fault, false, undefined, context)).toThrow(fault);
  });
});
