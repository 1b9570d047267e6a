import { Body, Controller, Get, Header, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  Caller,
  Client,
  InvalidCredentialsError,
  LoginDisabledError,
  LoginService,
  LoginUnavailableError,
  Public,
  TooManyAttemptsError,
  type LoginClient,
  type Principal,
} from '../../../auth/index.js';
import { unixSeconds } from '../../../common/index.js';
import { basePathOf } from '../../listener/rewrite.js';
import { cookieFor } from '../credential.js';
import { Describe } from '../errors.js';
import { signInPage, SIGN_IN_POLICY } from './page.js';
import { SdcppDoneDto, SdcppLoginDto, SdcppSignInQuery, SdcppTokenDto } from './sign-in.dto.js';

const MOUNT = { mount: '/sdcpp' };

/** Sign in as the web UI of stable-diffusion.cpp-restapi does, by a cookie. */
@ApiTags('sign in')
@Controller('sdcpp')
export class SdcppSignInController {
  constructor(private readonly logins: LoginService) {}

  @Get('login')
  @Public()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', SIGN_IN_POLICY)
  @Header('x-content-type-options', 'nosniff')
  @Header('referrer-policy', 'no-referrer')
  @Header('cache-control', 'no-store')
  @Describe({ summary: 'The page to sign in', files: ['text/html'] })
  page(@Query() { redirect }: SdcppSignInQuery, @Req() request: FastifyRequest): string {
    return signInPage(redirect, basePathOf(request.raw, MOUNT));
  }

  @Post('auth/login')
  @HttpCode(200)
  @Public()
  @Describe({
    summary: 'Sign in',
    details: 'The token comes back in the cookie `sdcpp_auth` (over TLS `__Host-sdcpp_auth`), too.',
    reply: SdcppTokenDto,
    example: {
      token: 'eyJhbGciOiJIUzI1NiJ9.e30.c2ln',
      token_type: 'Bearer',
      expires_at: 1763787600,
      username: 'admin',
    },
    errors: [
      new InvalidCredentialsError(),
      new LoginDisabledError(),
      new TooManyAttemptsError(60),
      new LoginUnavailableError(undefined),
    ],
  })
  async login(
    @Body() { username, password }: SdcppLoginDto,
    @Client() client: LoginClient,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SdcppTokenDto> {
    const { token, user } = await this.logins.login(username, password, client);
    const now = new Date();
    const expires = unixSeconds(user.expiresAt ?? now);
    void reply.header('set-cookie', cookieFor(request.raw, token, expires - unixSeconds(now)));
    return { token, token_type: 'Bearer', expires_at: expires, username: user.username };
  }

  @Post('auth/logout')
  @HttpCode(200)
  @Public()
  @Describe({
    summary: 'Sign out: the token is refused from now on, and the cookie removed',
    reply: SdcppDoneDto,
    example: { success: true, message: 'Logged out' },
  })
  async logout(
    @Caller() caller: Principal | undefined,
    @Client() client: LoginClient,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SdcppDoneDto> {
    if (caller?.sessionId !== undefined) await this.logins.logout(caller, client);
    void reply.header('set-cookie', cookieFor(request.raw, '', 0));
    return { success: true, message: 'Logged out' };
  }
}
