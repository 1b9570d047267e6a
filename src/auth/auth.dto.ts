import { ApiProperty } from '@nestjs/swagger';
import { Length } from 'class-validator';
import { Optional } from '../common/index.js';
import { AUTH_METHODS, type AuthMethod } from '../config/index.js';
import { PERMISSIONS, ROLE_PERMISSIONS, ROLES, type Permission, type Role } from './permissions.js';
import type { Principal } from './principal.js';
import { PASSWORD_RULE } from './users.dto.js';

export class LoginDto {
  @ApiProperty({ minLength: 1, maxLength: 64, example: 'admin' })
  @Length(1, 64, { message: 'username must be a text of 1 to 64 characters' })
  username!: string;

  @ApiProperty({
    required: false,
    minLength: 1,
    maxLength: 1024,
    example: 'correct horse battery staple',
    description: 'May be left out over the Unix socket, where the machine says who is calling.',
  })
  @Optional()
  @Length(1, 1024, { message: 'password must be a text of 1 to 1024 characters' })
  password?: string;
}

export class ChangePasswordDto {
  @ApiProperty({ minLength: 1, maxLength: 1024, example: 'correct horse battery staple' })
  @Length(1, 1024, { message: 'current_password must be a text of 1 to 1024 characters' })
  current_password!: string;

  @ApiProperty({ minLength: 8, maxLength: 1024, example: 'staple battery horse correct' })
  @Length(8, 1024, { message: `new_password ${PASSWORD_RULE}` })
  new_password!: string;
}

/** A user as the API shows them. */
export class UserDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 'admin' })
  username!: string;

  @ApiProperty({ enum: ROLES })
  role!: Role;

  @ApiProperty({ enum: PERMISSIONS, isArray: true })
  permissions!: readonly Permission[];
}

export function toUser({ userId, username, role, permissions }: Principal): UserDto {
  return { id: userId, username, role, permissions };
}

/** How one may come in, for whoever is still outside. */
export class AuthMethodsDto {
  @ApiProperty({
    enum: AUTH_METHODS,
    isArray: true,
    example: ['jwt', 'api-key'],
    description:
      'The ways that are on: a password of this server, one of the machine (`pam`), an API key, the Unix socket, nothing at all (`none`).',
  })
  methods!: readonly AuthMethod[];

  @ApiProperty({
    description:
      'Whether the password that the first start made up and showed was never replaced: the page `/welcome` does it.',
  })
  welcome!: boolean;
}

export class LoginReplyDto {
  @ApiProperty({ description: 'For the header `Authorization: Bearer <token>`.' })
  token!: string;

  @ApiProperty({ type: UserDto })
  user!: UserDto;

  @ApiProperty({ example: 'Login successful' })
  message!: string;
}

export class RefreshReplyDto {
  @ApiProperty({ description: 'Takes the place of the one that was sent.' })
  token!: string;

  @ApiProperty({ example: 'Token refreshed successfully' })
  message!: string;
}

export class UserReplyDto {
  @ApiProperty({ type: UserDto })
  user!: UserDto;
}

export class ValidateReplyDto extends UserReplyDto {
  @ApiProperty({ enum: [true] })
  valid!: true;
}

/** A user in the description of the API. */
export const EXAMPLE_USER: UserDto = {
  id: '5f0d2c1e-93a4-4b8e-8a6f-3f1d7b6c2a10',
  username: 'ada',
  role: 'user',
  permissions: ROLE_PERMISSIONS.user,
};

export const EXAMPLE_TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI1ZjBkIn0.c2lnbmF0dXJl';
