import { TokenExpiredError, type JwtModuleOptions } from '@nestjs/jwt';
import { AuthRequiredError } from './auth-errors.js';

/** Injection token of the key that signs the access tokens. */
export const JWT_SECRET = Symbol('jwt secret');

export const ISSUER = 'atelier';

/** What an access token says. It is only as good as the session that it names. */
export interface TokenClaims {
  /** Id of the user. */
  sub: string;
  /** Id of the session. */
  sid: string;
  /** Id of this token, of which a session has one that is good. Tokens from before had none. */
  jti?: string;
}

/** One algorithm, named: a token that chooses its own (`none`, an asymmetric one) is refused. */
export function tokenOptions(secret: string): JwtModuleOptions {
  return {
    secret,
    signOptions: { algorithm: 'HS256', issuer: ISSUER },
    verifyOptions: { algorithms: ['HS256'], issuer: ISSUER },
  };
}

/** The token in an `Authorization` header of the form `Bearer <token>` (RFC 6750), null where there is none. */
export function bearerToken(header: string | undefined): string | null {
  return /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1] ?? null;
}

/** Why a token did not pass its check of signature, issuer and time. */
export function refusalOf(error: unknown): AuthRequiredError {
  if (error instanceof TokenExpiredError) {
    return AuthRequiredError.refused('This access token has expired: log in again.', error);
  }
  return AuthRequiredError.refused(
    'This access token is malformed or unknown here: log in again.',
    error,
  );
}
