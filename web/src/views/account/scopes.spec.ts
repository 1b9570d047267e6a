import { describe, expect, it } from 'vitest';
import { PERMISSIONS, ROLE_PERMISSIONS } from '../../../../src/auth/index.js';
import type { Permission } from '../../api/permission.js';
import { scopeGroups, scopeName, scopesForPictures } from './scopes.js';

const scopesOf = (held: readonly Permission[]): string[] =>
  scopeGroups(held).flatMap(({ scopes }) => scopes.map(([scope]) => scope));

describe('scopeGroups', () => {
  it('offers every permission that the server knows, once, in words', () => {
    expect(scopesOf(PERMISSIONS).toSorted()).toEqual([...PERMISSIONS].toSorted());
    expect(PERMISSIONS.filter((scope) => scopeName(scope) === scope)).toEqual([]);
  });

  it('offers no more than its maker holds', () => {
    expect(scopesOf(['job:read', 'model:read'])).toEqual(['job:read', 'model:read']);
    expect(scopeGroups(ROLE_PERMISSIONS.user).map(({ title }) => title)).not.toContain('Everybody');
  });

  it('offers by its own name what this page has no words for', () => {
    const strange = 'moon:read' as Permission;
    expect(scopeGroups([strange])).toEqual([{ title: 'Other', scopes: [[strange, strange]] }]);
  });
});

describe('scopesForPictures', () => {
  it('is what making pictures takes, as far as its maker holds it', () => {
    expect(scopesForPictures(ROLE_PERMISSIONS.user)).toContain('job:create');
    expect(scopesForPictures(['output:read', 'key:create'])).toEqual(['output:read']);
  });
});
