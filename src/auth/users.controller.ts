import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Describe, MessageDto, pageInfo } from '../common/index.js';
import { Needs } from './access.js';
import {
  ConfiguredUserError,
  LastAdminError,
  NoLocalPasswordError,
  PasswordChecksBusyError,
  UserHasJobsError,
  UsernameTakenError,
  UserNotFoundError,
} from './auth-errors.js';
import { Client, type LoginClient } from './client.js';
import { Caller, type Principal } from './principal.js';
import {
  AccountChangedDto,
  AccountPageDto,
  AccountReplyDto,
  AccountWithPasswordDto,
  CreateUserDto,
  EXAMPLE_ACCOUNT,
  ResetPasswordDto,
  toAccount,
  UpdateUserDto,
  UserQuery,
} from './users.dto.js';
import { UsersService } from './users.service.js';

@ApiTags('users')
@Controller('api/users')
@Needs('user:manage')
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Get()
  @Describe({
    summary: 'List the users',
    reply: AccountPageDto,
    example: { users: [EXAMPLE_ACCOUNT], total: 1, page: 1, limit: 50, total_pages: 1 },
  })
  async list(@Query() query: UserQuery): Promise<AccountPageDto> {
    const [users, total] = await this.users.list(query);
    return { users: users.map(toAccount), ...pageInfo(query, total) };
  }

  @Get(':id')
  @Describe({
    summary: 'Look at a user',
    reply: AccountReplyDto,
    example: { user: EXAMPLE_ACCOUNT },
    errors: [new UserNotFoundError()],
  })
  async find(@Param('id') id: string): Promise<AccountReplyDto> {
    return { user: toAccount(await this.users.find(id)) };
  }

  @Post()
  @Describe({
    summary: 'Add a user',
    status: 201,
    reply: AccountWithPasswordDto,
    example: { user: EXAMPLE_ACCOUNT, message: 'User created successfully' },
    errors: [new UsernameTakenError(), new PasswordChecksBusyError()],
  })
  async create(
    @Caller() caller: Principal,
    @Body() body: CreateUserDto,
    @Client() client: LoginClient,
  ): Promise<AccountWithPasswordDto> {
    const { user, password } = await this.users.create(caller, body, client);
    return { user: toAccount(user), password, message: 'User created successfully' };
  }

  @Patch(':id')
  @Describe({
    summary: "Change a user's role, or disable or enable them",
    details: 'Disabling ends their log ins; their keys are refused for as long as it lasts.',
    reply: AccountChangedDto,
    example: { user: EXAMPLE_ACCOUNT, message: 'User updated successfully' },
    errors: [new UserNotFoundError(), new LastAdminError(), new ConfiguredUserError()],
  })
  async update(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Body() body: UpdateUserDto,
    @Client() client: LoginClient,
  ): Promise<AccountChangedDto> {
    const user = await this.users.update(caller, id, body, client);
    return { user: toAccount(user), message: 'User updated successfully' };
  }

  @Post(':id/password')
  @HttpCode(200)
  @Describe({
    summary: 'Give a user another password, which ends their log ins',
    reply: AccountWithPasswordDto,
    example: {
      user: EXAMPLE_ACCOUNT,
      password: 'h7KmPq3vXw9sZtRb2NcD',
      message: 'Password reset successfully',
    },
    errors: [new UserNotFoundError(), new NoLocalPasswordError(), new PasswordChecksBusyError()],
  })
  async resetPassword(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Body() body: ResetPasswordDto,
    @Client() client: LoginClient,
  ): Promise<AccountWithPasswordDto> {
    const { user, password } = await this.users.resetPassword(caller, id, body.password, client);
    return { user: toAccount(user), password, message: 'Password reset successfully' };
  }

  @Delete(':id')
  @Describe({
    summary: 'Remove a user who has no jobs',
    reply: MessageDto,
    example: { message: 'User deleted successfully' },
    errors: [
      new UserNotFoundError(),
      new UserHasJobsError(),
      new LastAdminError(),
      new ConfiguredUserError(),
    ],
  })
  async remove(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Client() client: LoginClient,
  ): Promise<MessageDto> {
    await this.users.remove(caller, id, client);
    return { message: 'User deleted successfully' };
  }
}
