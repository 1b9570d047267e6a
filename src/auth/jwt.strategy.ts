import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import passport from 'passport';
import { Strategy } from 'passport-jwt';
import { AuthService } from './auth.service.js';
import type { Principal } from './principal.js';
import { bearerToken, ISSUER, JWT_SECRET, type TokenClaims } from './token.js';

/** Passport's check of a bearer token: signature, issuer and time here, session and user in the service. */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy) {
  /** Passport's registry belongs to the process: a name of its own keeps two servers in one process apart. */
  override readonly name = `jwt-${randomUUID()}`;

  constructor(
    @Inject(JWT_SECRET) secret: string,
    private readonly auth: AuthService,
  ) {
    super({
      jwtFromRequest: (request: Pick<FastifyRequest, 'headers'>) =>
        bearerToken(request.headers.authorization),
      secretOrKey: secret,
      algorithms: ['HS256'],
      issuer: ISSUER,
    });
    passport.use(this);
  }

  validate(claims: TokenClaims): Promise<Principal> {
    return this.auth.authenticateClaims(claims);
  }
}
