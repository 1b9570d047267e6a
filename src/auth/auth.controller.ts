import { Body, Controller, Get, HttpCode, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Describe, MessageDto } from '../common/index.js';
import { Needs, Public } from './access.js';
import { InvalidCredentialsError, TooManyAttemptsError } from './auth-errors.js';
import {
  EXAMPLE_TOKEN,
  EXAMPLE_USER,
  LoginDto,
  LoginReplyDto,
  toUser,
  UserReplyDto,
} from './auth.dto.js';
import { AuthService } from './auth.service.js';
import { Caller, type Principal } from './principal.js';

@ApiTags('auth')
@Controller('api/auth')
export class AuthController {
  constructor(private readonly auth: AuthService) {}

  @Post('login')
  @HttpCode(200)
  @Public()
  @Describe({
    summary: 'Log in',
    reply: LoginReplyDto,
    example: { token: EXAMPLE_TOKEN, user: EXAMPLE_USER, message: 'Login successful' },
    errors: [new InvalidCredentialsError(), new TooManyAttemptsError(300)],
  })
  async login(
    @Body() { username, password }: LoginDto,
    @Req() request: FastifyRequest,
  ): Promise<LoginReplyDto> {
    const client = { address: request.ip, userAgent: request.headers['user-agent'] };
    const { token, user } = await this.auth.login(username, password, client);
    return { token, user: toUser(user), message: 'Login successful' };
  }

  @Post('logout')
  @HttpCode(200)
  @Needs('account:read')
  @Describe({
    summary: 'Log out: the token is refused from now on',
    reply: MessageDto,
    example: { message: 'Logout successful' },
  })
  async logout(@Caller() caller: Principal): Promise<MessageDto> {
    await this.auth.logout(caller);
    return { message: 'Logout successful' };
  }

  @Get('me')
  @Needs('account:read')
  @Describe({ summary: 'Who am I?', reply: UserReplyDto, example: { user: EXAMPLE_USER } })
  me(@Caller() caller: Principal): UserReplyDto {
    return { user: toUser(caller) };
  }
}
