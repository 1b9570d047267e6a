import { AppError } from '../common/index.js';
import type { Permission } from './permissions.js';

const CHALLENGE = 'Bearer realm="atelier"';

/** 401: there is no credential, or it proves nothing; the message says which, and what to do. */
export class AuthRequiredError extends AppError {
  private constructor(message: string, challenge: string, cause?: unknown) {
    super('AUTH_REQUIRED', 401, message, { cause, headers: { 'WWW-Authenticate': challenge } });
  }

  /** Nothing was sent (RFC 6750, section 3.1: such a challenge carries no error code). */
  static missing(): AuthRequiredError {
    return new AuthRequiredError(
      'This needs an access token: log in at /api/auth/login, then send the header "Authorization: Bearer <token>".',
      CHALLENGE,
    );
  }

  /** Something was sent that is no good; `reason` is a whole sentence. */
  static refused(reason: string, cause?: unknown): AuthRequiredError {
    return new AuthRequiredError(reason, `${CHALLENGE}, error="invalid_token"`, cause);
  }
}

/** 401: the log in failed; does not tell which of name and password was wrong. */
export class InvalidCredentialsError extends AppError {
  constructor() {
    super('INVALID_CREDENTIALS', 401, 'Unknown username or wrong password.', {
      headers: { 'WWW-Authenticate': CHALLENGE },
    });
  }
}

/** 403: we know the caller, and they may not do this. */
export class InsufficientPermissionsError extends AppError {
  constructor(permission: Permission) {
    super(
      'INSUFFICIENT_PERMISSIONS',
      403,
      `This needs the permission "${permission}", which your role does not have.`,
      {
        headers: {
          'WWW-Authenticate': `${CHALLENGE}, error="insufficient_scope", scope="${permission}"`,
        },
      },
    );
  }
}

/** 403: a handler that says neither who may call it nor that everybody may. A fault of ours, kept closed. */
export class UndeclaredAccessError extends AppError {
  constructor(handler: string) {
    super('INSUFFICIENT_PERMISSIONS', 403, 'Nobody may do this.', {
      cause: new Error(`${handler} declares neither @Needs nor @Public`),
      logLevel: 'error',
    });
  }
}

/** 429: too many wrong passwords. */
export class TooManyAttemptsError extends AppError {
  constructor(retryAfterSeconds: number) {
    super(
      'TOO_MANY_ATTEMPTS',
      429,
      `Too many failed attempts to log in; try again in ${retryAfterSeconds} s.`,
      {
        headers: { 'Retry-After': String(retryAfterSeconds) },
        logLevel: 'warn',
      },
    );
  }
}
