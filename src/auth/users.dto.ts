import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, Length, Matches } from 'class-validator';
import { MessageDto, Optional, PageDto, pageQuery, unixSeconds } from '../common/index.js';
import { ROLES, type Role } from './permissions.js';
import { ORIGINS, type Origin, type User } from './user.entity.js';

export const PASSWORD_RULE = 'must be a text of 8 to 1024 characters';

/** No control characters, and no spaces at either end that nobody sees. */
const USERNAME = /^(?!\s)\P{C}{1,64}(?<!\s)$/u;

const ROLE_MESSAGE = { message: `role must be one of ${ROLES.join(', ')}` };

export class CreateUserDto {
  @ApiProperty({ minLength: 1, maxLength: 64, pattern: USERNAME.source, example: 'ada' })
  @Matches(USERNAME, {
    message: 'username must be a text of 1 to 64 characters, without spaces at its ends',
  })
  username!: string;

  @ApiProperty({
    required: false,
    minLength: 8,
    maxLength: 1024,
    example: 'correct horse battery staple',
    description: 'Default: a random one, shown once.',
  })
  @Optional()
  @Length(8, 1024, { message: `password ${PASSWORD_RULE}` })
  password?: string;

  @ApiProperty({ required: false, enum: ROLES, default: 'user' })
  @Optional()
  @IsIn(ROLES, ROLE_MESSAGE)
  role?: Role;
}

export class UpdateUserDto {
  @ApiProperty({ required: false, enum: ROLES })
  @Optional()
  @IsIn(ROLES, ROLE_MESSAGE)
  role?: Role;

  @ApiProperty({ required: false, description: 'Whether they may not come in.' })
  @Optional()
  @IsBoolean({ message: 'disabled must be true or false' })
  disabled?: boolean;
}

export class ResetPasswordDto {
  @ApiProperty({
    required: false,
    minLength: 8,
    maxLength: 1024,
    example: 'correct horse battery staple',
    description: 'Default: a random one, shown once.',
  })
  @Optional()
  @Length(8, 1024, { message: `password ${PASSWORD_RULE}` })
  password?: string;
}

export class UserQuery extends pageQuery(['username', 'role', 'created', 'last_login'], {
  sort_by: 'username',
  sort_order: 'asc',
}) {
  @ApiProperty({
    required: false,
    minLength: 1,
    maxLength: 64,
    description: 'Part of the username, in any case.',
  })
  @Optional()
  @Length(1, 64, { message: 'search must be a text of 1 to 64 characters' })
  search?: string;

  @ApiProperty({ required: false, enum: ROLES })
  @Optional()
  @IsIn(ROLES, ROLE_MESSAGE)
  role?: Role;

  @ApiProperty({ required: false, enum: ORIGINS })
  @Optional()
  @IsIn(ORIGINS, { message: `origin must be one of ${ORIGINS.join(', ')}` })
  origin?: Origin;

  @ApiProperty({ required: false, type: 'boolean' })
  @Transform(({ value }): unknown => (value === 'true' ? true : value === 'false' ? false : value))
  @Optional()
  @IsBoolean({ message: 'disabled must be true or false' })
  disabled?: boolean;
}

/** A user as an administrator sees them. */
export class AccountDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty()
  username!: string;

  @ApiProperty({ enum: ROLES })
  role!: Role;

  @ApiProperty({
    enum: ORIGINS,
    description:
      'Who keeps the account: this server, the machine, or the configuration for everybody without a credential.',
  })
  origin!: Origin;

  @ApiProperty()
  disabled!: boolean;

  @ApiProperty({ type: 'integer', description: 'Unix time in seconds.' })
  created_at!: number;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Unix time in seconds; null: never.',
  })
  last_login_at!: number | null;
}

export class AccountReplyDto {
  @ApiProperty({ type: AccountDto })
  user!: AccountDto;
}

export class AccountChangedDto extends MessageDto {
  @ApiProperty({ type: AccountDto })
  user!: AccountDto;
}

export class AccountWithPasswordDto extends AccountChangedDto {
  @ApiProperty({
    required: false,
    description: 'Only where it was made up here; shown only this once.',
  })
  password?: string;
}

export class AccountPageDto extends PageDto {
  @ApiProperty({ type: [AccountDto] })
  users!: AccountDto[];
}

export function toAccount(user: User): AccountDto {
  const { id, username, role, origin, disabled, createdAt, lastLoginAt } = user;
  return {
    id,
    username,
    role,
    origin,
    disabled,
    created_at: unixSeconds(createdAt),
    last_login_at: lastLoginAt && unixSeconds(lastLoginAt),
  };
}

/** An account in the description of the API. */
export const EXAMPLE_ACCOUNT: AccountDto = {
  id: '5f0d2c1e-93a4-4b8e-8a6f-3f1d7b6c2a10',
  username: 'ada',
  role: 'user',
  origin: 'local',
  disabled: false,
  created_at: 1_763_700_000,
  last_login_at: null,
};
