import type { Permission } from '../../api/permission.js';

interface ScopeGroup {
  title: string;
  scopes: ReadonlyArray<readonly [Permission, string]>;
}

/** Every permission in plain words, in the order in which a key's maker chooses. */
const GROUPS: readonly ScopeGroup[] = [
  {
    title: 'Pictures',
    scopes: [
      ['job:create', 'Make pictures'],
      ['job:read', 'See own jobs and pictures'],
      ['output:read', 'Look at pictures by their address'],
      ['job:cancel', 'Cancel own jobs'],
      ['job:delete', 'Delete own jobs and pictures'],
    ],
  },
  {
    title: 'Models and text',
    scopes: [
      ['model:read', 'List the models'],
      ['model:manage', 'Load, add, convert and remove models'],
      ['text:use', 'Use the assistant and better prompts'],
      ['text:manage', 'Change the language model settings'],
    ],
  },
  {
    title: 'Own account',
    scopes: [
      ['account:read', 'See who it belongs to (needed to log in here)'],
      ['account:manage', 'Change the password, end log ins'],
      ['key:read', 'List own API keys'],
      ['key:create', 'Make further API keys'],
      ['key:revoke', 'Revoke own API keys'],
    ],
  },
  {
    title: 'Everybody',
    scopes: [
      ['job:read_all', "See everybody's jobs"],
      ['job:cancel_all', "Cancel everybody's jobs"],
      ['job:delete_all', "Delete everybody's jobs"],
      ['key:read_all', "List everybody's API keys"],
      ['key:revoke_all', "Revoke everybody's API keys"],
      ['user:manage', 'Add, change and remove people'],
    ],
  },
  {
    title: 'Server',
    scopes: [
      ['system:read', 'See how the server does'],
      ['system:metrics', 'Read figures for monitoring'],
      ['system:manage', 'Change settings, restart'],
      ['audit:read', 'Read the audit log'],
    ],
  },
];

const WORDS = new Map(GROUPS.flatMap(({ scopes }) => scopes));

/** What a permission lets its holder do; its own name where this page is older than it. */
export function scopeName(scope: Permission): string {
  return WORDS.get(scope) ?? scope;
}

/** What somebody who holds these may give to a key, group by group; groups with nothing in them are left out. */
export function scopeGroups(held: readonly Permission[]): ScopeGroup[] {
  const unknown = held.filter((scope) => !WORDS.has(scope));
  const groups = [
    ...GROUPS,
    { title: 'Other', scopes: unknown.map((scope) => [scope, scope] as const) },
  ];
  return groups
    .map(({ title, scopes }) => ({ title, scopes: scopes.filter(([one]) => held.includes(one)) }))
    .filter(({ scopes }) => scopes.length > 0);
}

/** What a program that makes pictures needs. */
const FOR_PICTURES: readonly Permission[] = [
  'job:create',
  'job:read',
  'job:cancel',
  'model:read',
  'output:read',
];

export function scopesForPictures(held: readonly Permission[]): Permission[] {
  return FOR_PICTURES.filter((scope) => held.includes(scope));
}
