import { describe, expect, it } from 'vitest';
import { PERMISSIONS, ROLE_PERMISSIONS, type Permission } from './permissions.js';
import { can, type Principal } from './principal.js';

function principal(permissions: readonly Permission[]): Principal {
  return { userId: 'u', username: 'ann', role: 'user', permissions, via: 'jwt' };
}

describe('permissions', () => {
  it('are each named once, as resource:operation', () => {
    expect(new Set(PERMISSIONS).size).toBe(PERMISSIONS.length);
    for (const permission of PERMISSIONS) expect(permission).toMatch(/^[a-z]+:[a-z_]+$/);
  });

  it('grow from guest to user to admin, and admin has them all', () => {
    expect(ROLE_PERMISSIONS.user).toEqual(expect.arrayContaining([...ROLE_PERMISSIONS.guest]));
    expect(ROLE_PERMISSIONS.admin).toEqual(PERMISSIONS);
  });

  it('keep from a user what belongs to others and to the administrator', () => {
    const kept = PERMISSIONS.filter((permission) => !ROLE_PERMISSIONS.user.includes(permission));
    expect(kept).toEqual([
      'job:read_all',
      'job:cancel_all',
      'job:delete_all',
      'model:manage',
      'user:manage',
      'system:manage',
      'system:metrics',
      'key:read_all',
      'key:revoke_all',
      'audit:read',
      'text:manage',
    ]);
  });

  it('give a guest only what public routes show', () => {
    expect(ROLE_PERMISSIONS.guest).toEqual(['output:read']);
  });
});

describe('can', () => {
  it('goes by the permissions of the caller, not by the role', () => {
    expect(can(principal(['model:read']), 'model:read')).toBe(true);
    expect(can(principal(['model:read']), 'job:create')).toBe(false);
  });
});
