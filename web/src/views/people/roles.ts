import type { AccountDto } from '../../api/generated/types.gen.js';

export type Role = AccountDto['role'];
export type Origin = AccountDto['origin'];

export const ROLE_NAMES: Record<Role, string> = {
  admin: 'Administrator',
  user: 'User',
  guest: 'Guest',
};

const ROLE_NOTES: Record<Role, string> = {
  admin: 'may do everything, people and settings too',
  user: 'makes pictures, sees the own ones',
  guest: 'only looks at pictures by their address',
};

const ROLES: readonly Role[] = ['admin', 'user', 'guest'];

export const ROLE_CHOICES = ROLES.map((value) => ({
  value,
  label: ROLE_NAMES[value],
  note: ROLE_NOTES[value],
}));

/** Who keeps the account, in words. */
export const ORIGIN_NAMES: Record<Origin, string> = {
  local: 'Password kept here',
  machine: 'Account of this machine',
  delegated: 'Behind another front',
  anonymous: 'Everybody without a log in',
};
