import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import { accessOf, assertAllowed, Needs, Public } from './access.js';
import type { Permission } from './permissions.js';
import type { Principal } from './principal.js';

class Undeclared {
  nothing(): void {}

  @Needs('job:create')
  needing(): void {}

  @Public()
  open(): void {}
}

@Public()
class Open extends Undeclared {}

@Needs('model:manage')
class Closed extends Undeclared {}

function caller(...permissions: Permission[]): Principal {
  return { userId: 'u', username: 'ann', role: 'user', permissions, via: 'jwt' };
}

describe('accessOf', () => {
  const { nothing, needing, open } = Undeclared.prototype;

  it.each([
    ['a handler that needs a permission', needing, Undeclared, 'job:create'],
    ['a public handler', open, Undeclared, 'public'],
    ['a handler without a word in a controller without a word', nothing, Undeclared, undefined],
    ['a handler without a word in a public controller', nothing, Open, 'public'],
    ['a handler without a word in a closed controller', nothing, Closed, 'model:manage'],
    ['a closed handler in a public controller', needing, Open, 'job:create'],
    ['a public handler in a closed controller', open, Closed, 'public'],
  ])('reads %s', (_, handler, controller, expected) => {
    expect(accessOf(handler, controller)).toBe(expected);
  });
});

describe('assertAllowed', () => {
  it('lets everybody in where it is public', () => {
    expect(() => assertAllowed('public', undefined)).not.toThrow();
    expect(() => assertAllowed('public', caller())).not.toThrow();
  });

  it('lets in who has the permission', () => {
    expect(() => assertAllowed('job:create', caller('job:read', 'job:create'))).not.toThrow();
  });

  it('asks a stranger for a credential', () => {
    expect(() => assertAllowed('job:create', undefined)).toThrow(
      expect.objectContaining({
        code: 'AUTH_REQUIRED',
        status: 401,
        headers: { 'WWW-Authenticate': 'Bearer realm="atelier"' },
      }),
    );
  });

  it('tells who may not which permission is missing', () => {
    expect(() => assertAllowed('job:create', caller('job:read'))).toThrow(
      expect.objectContaining({
        code: 'INSUFFICIENT_PERMISSIONS',
        status: 403,
        message: expect.stringContaining('"job:create"') as string,
      }),
    );
  });
});
