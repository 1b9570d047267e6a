import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import passport from 'passport';
import { Strategy } from 'passport-jwt';
import { credentialOf } from './credential.js';
import type { Principal } from './principal.js';
import { SessionService } from './session.service.js';
import { ISSUER, JWT_SECRET, type TokenClaims } from './token.js';

function tokenIn({ headers }: Pick<FastifyRequest, 'headers'>): string | null {
  const credential = credentialOf(headers);
  return credential?.kind === 'token' ? credential.token : null;
}

/** Passport's check of a bearer token: signature, issuer and time here, session and user in the service. */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy) {
  /** Passport's registry belongs to the process: a name of its own keeps two servers in one process apart. */
  override readonly name = `jwt-${randomUUID()}`;

  constructor(
    @Inject(JWT_SECRET) secret: string,
    private readonly sessions: SessionService,
  ) {
    super({
      jwtFromRequest: tokenIn,
      secretOrKey: secret,
      algorithms: ['HS256'],
      issuer: ISSUER,
    });
    passport.use(this);
  }

  validate(claims: TokenClaims): Promise<Principal> {
    return this.sessions.authenticate(claims);
  }
}
