import { userInfo } from 'node:os';
import type { Type } from '@nestjs/common';
import { PERMISSIONS, UserStore, type Principal, type User } from '../auth/index.js';
import { createValidationPipe, NotFoundError } from '../common/index.js';
import type { House } from './house.js';

/** Where the audit log says an act of the command line came from. */
export const HERE = { address: 'cli' };

/** Whoever has a shell that may read the data folder may do everything: they could write the database by hand. */
export function operator(): Principal {
  return {
    userId: 'cli',
    username: userInfo().username,
    role: 'admin',
    permissions: PERMISSIONS,
    via: 'cli',
  };
}

/** @throws NotFoundError */
export async function userCalled(house: House, username: string): Promise<User> {
  const user = await house.get(UserStore).byName(username);
  if (!user) throw new NotFoundError(`There is no user "${username}".`);
  return user;
}

/** Holds what was given against the same rules as a request. @throws ValidationError */
export async function checked<T>(type: Type<T>, value: object): Promise<T> {
  return (await createValidationPipe().transform(value, { type: 'body', metatype: type })) as T;
}
