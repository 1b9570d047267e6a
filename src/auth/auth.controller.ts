import { Body, Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Describe, InvalidParametersError, MessageDto } from '../common/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { Needs, Public } from './access.js';
import {
  InvalidCredentialsError,
  LoginDisabledError,
  LoginUnavailableError,
  NoLocalPasswordError,
  PasswordChecksBusyError,
  TooManyAttemptsError,
} from './auth-errors.js';
import {
  AuthMethodsDto,
  ChangePasswordDto,
  EXAMPLE_TOKEN,
  EXAMPLE_USER,
  LoginDto,
  LoginReplyDto,
  RefreshReplyDto,
  toUser,
  UserReplyDto,
  ValidateReplyDto,
} from './auth.dto.js';
import { Client, type LoginClient } from './client.js';
import { LoginService } from './login.service.js';
import { Caller, type Principal } from './principal.js';
import { UsersService } from './users.service.js';

const NO_SESSION = new InvalidParametersError('Only a log in has a session.');

/** Seed stable-diffusion-cpp-rest, "Authentication Endpoints", and a user's own password. */
@ApiTags('auth')
@Controller('api/auth')
export class AuthController {
  constructor(
    private readonly logins: LoginService,
    private readonly users: UsersService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get('methods')
  @Public()
  @Describe({
    summary: 'How may one come in?',
    reply: AuthMethodsDto,
    example: { methods: ['jwt', 'api-key'], welcome: false },
  })
  async methods(): Promise<AuthMethodsDto> {
    const { methods } = this.config.auth;
    const welcome = methods.includes('jwt') && (await this.users.hasFirstPassword());
    return { methods, welcome };
  }

  @Post('login')
  @HttpCode(200)
  @Public()
  @Describe({
    summary: 'Log in',
    reply: LoginReplyDto,
    example: { token: EXAMPLE_TOKEN, user: EXAMPLE_USER, message: 'Login successful' },
    errors: [
      new InvalidCredentialsError(),
      new LoginDisabledError(),
      new TooManyAttemptsError(60),
      new LoginUnavailableError(undefined),
    ],
  })
  async login(
    @Body() { username, password }: LoginDto,
    @Client() client: LoginClient,
  ): Promise<LoginReplyDto> {
    const { token, user } = await this.logins.login(username, password, client);
    return { token, user: toUser(user), message: 'Login successful' };
  }

  @Post('logout')
  @HttpCode(200)
  @Needs('account:read')
  @Describe({
    summary: 'Log out: the token is refused from now on',
    reply: MessageDto,
    example: { message: 'Logout successful' },
    errors: [NO_SESSION],
  })
  async logout(@Caller() caller: Principal, @Client() client: LoginClient): Promise<MessageDto> {
    await this.logins.logout(caller, client);
    return { message: 'Logout successful' };
  }

  @Post('refresh')
  @HttpCode(200)
  @Needs('account:read')
  @Describe({
    summary: 'Exchange the token for a new one',
    details:
      'The old token is refused from now on. Where it is used again later than ten seconds after, the whole log in is ended, because somebody else may have it.',
    reply: RefreshReplyDto,
    example: { token: EXAMPLE_TOKEN, message: 'Token refreshed successfully' },
    errors: [NO_SESSION],
  })
  async refresh(@Caller() caller: Principal): Promise<RefreshReplyDto> {
    const token = await this.logins.refresh(caller);
    return { token, message: 'Token refreshed successfully' };
  }

  @Get('validate')
  @Needs('account:read')
  @Describe({
    summary: 'Is this credential good?',
    reply: ValidateReplyDto,
    example: { user: EXAMPLE_USER, valid: true },
  })
  validate(@Caller() caller: Principal): ValidateReplyDto {
    return { user: toUser(caller), valid: true };
  }

  @Get('me')
  @Needs('account:read')
  @Describe({ summary: 'Who am I?', reply: UserReplyDto, example: { user: EXAMPLE_USER } })
  me(@Caller() caller: Principal): UserReplyDto {
    return { user: toUser(caller) };
  }

  @Post('password')
  @HttpCode(200)
  @Needs('account:manage')
  @Describe({
    summary: 'Change the own password, which ends all other log ins',
    reply: MessageDto,
    example: { message: 'Password changed successfully' },
    errors: [
      new InvalidCredentialsError(),
      new NoLocalPasswordError(),
      new TooManyAttemptsError(60),
      new PasswordChecksBusyError(),
    ],
  })
  async changePassword(
    @Caller() caller: Principal,
    @Body() { current_password, new_password }: ChangePasswordDto,
    @Client() client: LoginClient,
  ): Promise<MessageDto> {
    await this.users.changeOwnPassword(caller, current_password, new_password, client);
    return { message: 'Password changed successfully' };
  }
}
