import { Length } from 'class-validator';
import type { Permission, Role } from './permissions.js';
import type { Principal } from './principal.js';

export class LoginDto {
  @Length(1, 64, { message: 'username must be a text of 1 to 64 characters' })
  username!: string;

  @Length(1, 1024, { message: 'password must be a text of 1 to 1024 characters' })
  password!: string;
}

/** A user as the API shows them. */
export interface UserDto {
  id: string;
  username: string;
  role: Role;
  permissions: readonly Permission[];
}

export function toUser({ userId, username, role, permissions }: Principal): UserDto {
  return { id: userId, username, role, permissions };
}

export interface LoginReplyDto {
  /** For the header `Authorization: Bearer <token>`. */
  token: string;
  user: UserDto;
  message: string;
}
