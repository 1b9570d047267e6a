/** What can be done to what: the one place where a permission is invented. */
const OPERATIONS = {
  /** Pictures asked for. The `_all` operations reach the jobs of everybody. */
  job: ['create', 'read', 'cancel', 'delete', 'read_all', 'cancel_all', 'delete_all'],
  model: ['read', 'manage'],
  output: ['read'],
  user: ['manage'],
  system: ['read', 'manage', 'metrics'],
  /** The caller's own account: who they are; its password and log ins. */
  account: ['read', 'manage'],
  /** API keys. The `_all` operations reach the keys of everybody. */
  key: ['create', 'read', 'revoke', 'read_all', 'revoke_all'],
  audit: ['read'],
  /** Language models: prompts made better, and the assistant. */
  text: ['use', 'manage'],
} as const;

type Operations = typeof OPERATIONS;

/** A resource and an operation on it, for example `job:create`. */
export type Permission = {
  [Resource in keyof Operations]: `${Resource}:${Operations[Resource][number]}`;
}[keyof Operations];

export const ROLES = ['guest', 'user', 'admin'] as const;

export type Role = (typeof ROLES)[number];

/** Every permission there is, in the order of the table. */
export const PERMISSIONS: readonly Permission[] = Object.entries(OPERATIONS).flatMap(
  ([resource, operations]) =>
    operations.map((operation) => `${resource}:${operation}` as Permission),
);

/**
 * What each role may do (seed stable-diffusion-cpp-rest, "Permission Levels"): a guest has what public
 * routes give, a user makes pictures and manages their own jobs, an admin may do everything.
 */
export const ROLE_PERMISSIONS: Readonly<Record<Role, readonly Permission[]>> = {
  guest: ['output:read'],
  user: [
    'job:create',
    'job:read',
    'job:cancel',
    'job:delete',
    'model:read',
    'output:read',
    'system:read',
    'account:read',
    'account:manage',
    'key:create',
    'key:read',
    'key:revoke',
    'text:use',
  ],
  admin: PERMISSIONS,
};
