import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../common/index.js';
import { PERMISSIONS, ROLE_PERMISSIONS, ROLES, type Role } from './permissions.js';

/** The rows of the table of permissions in the manual: permissions, and which roles have them. */
function tableRows(): { names: string[]; roles: Role[] }[] {
  const page = readFileSync(join(PACKAGE_ROOT, 'docs/auth.md'), 'utf8');
  const [, section = ''] = page.split('## Roles and permissions');
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .filter((line) => line.includes(':'))
    .map((line) => {
      const [, names = '', , ...marks] = line.split('|').map((cell) => cell.trim());
      return {
        names: [...names.matchAll(/`([\w:]+)`/g)].map(([, name]) => name ?? ''),
        roles: ROLES.filter((_, index) => marks[index] === 'yes'),
      };
    });
}

describe('docs/auth.md', () => {
  it('tells of every permission which roles have it', () => {
    const told = tableRows().flatMap(({ names, roles }) => names.map((name) => [name, roles]));
    const held = PERMISSIONS.map((permission) => [
      permission,
      ROLES.filter((role) => ROLE_PERMISSIONS[role].includes(permission)),
    ]);
    const byName = (a: unknown[], b: unknown[]): number => String(a[0]).localeCompare(String(b[0]));
    expect(told.toSorted(byName)).toEqual(held.toSorted(byName));
  });
});
