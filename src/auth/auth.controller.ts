import { Body, Controller, Get, HttpCode, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Needs, Public } from './access.js';
import { LoginDto, toUser, type LoginReplyDto, type UserDto } from './auth.dto.js';
import { AuthService } from './auth.service.js';
import { Caller, type Principal } from './principal.js';

@Controller('api/auth')
export class AuthController {
  constructor(private readonly auth: AuthService) {}

  @Post('login')
  @HttpCode(200)
  @Public()
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
  async logout(@Caller() caller: Principal): Promise<{ message: string }> {
    await this.auth.logout(caller);
    return { message: 'Logout successful' };
  }

  @Get('me')
  @Needs('account:read')
  me(@Caller() caller: Principal): { user: UserDto } {
    return { user: toUser(caller) };
  }
}
