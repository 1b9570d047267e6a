import { AppError, ConflictError } from '../common/index.js';
import type { Permission } from './permissions.js';
import type { Principal } from './principal.js';

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
  constructor(permission: Permission, via?: Principal['via']) {
    super(
      'INSUFFICIENT_PERMISSIONS',
      403,
      `This needs the permission "${permission}", which your ${via === 'api-key' ? 'API key' : 'role'} does not have.`,
      {
        headers: {
          'WWW-Authenticate': `${CHALLENGE}, error="insufficient_scope", scope="${permission}"`,
        },
      },
    );
  }
}

/** 403: a page of another origin asked with a credential that the browser adds by itself. */
export class CrossOriginError extends AppError {
  /** @param origin as the browser said it, where it did */
  constructor(origin?: string) {
    super(
      'CROSS_ORIGIN_REFUSED',
      403,
      `A web page of another origin${origin === undefined ? '' : ` (${origin.slice(0, 200)})`} sent this request. From there, only a token or an API key counts: send the header "Authorization: Bearer <token>" or "X-API-Key".`,
    );
  }
}

/** 403: the host name is none of this server's, so that it may be a foreign page's (DNS rebinding). */
export class HostNotAllowedError extends AppError {
  constructor(host: string) {
    super(
      'HOST_NOT_ALLOWED',
      403,
      `This server does not know itself as "${host.slice(0, 253)}". Use its IP address or localhost, or add the host name to ATELIER_ALLOWED_HOSTS.`,
      { logLevel: 'warn' },
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

/** 503: as many passwords are being checked as may wait. */
export class PasswordChecksBusyError extends AppError {
  constructor() {
    super(
      'LOGIN_UNAVAILABLE',
      503,
      'Too many passwords are being checked right now; try again in 2 s.',
      { headers: { 'Retry-After': '2' }, logLevel: 'info' },
    );
  }
}

/** 403: no way to log in with a password is switched on. */
export class LoginDisabledError extends AppError {
  constructor() {
    super('LOGIN_DISABLED', 403, 'This server takes no passwords: use another way to come in.');
  }
}

/** 503: the machine could not be asked about a password. */
export class LoginUnavailableError extends AppError {
  constructor(cause: unknown) {
    super('LOGIN_UNAVAILABLE', 503, 'Passwords cannot be checked right now; try again.', {
      cause,
      headers: { 'Retry-After': '5' },
    });
  }
}

/** 404: no such log in of the caller. */
export class SessionNotFoundError extends AppError {
  constructor() {
    super('SESSION_NOT_FOUND', 404, 'There is no such session of yours.');
  }
}

/** 404: no such key that the caller may reach. */
export class ApiKeyNotFoundError extends AppError {
  constructor() {
    super('API_KEY_NOT_FOUND', 404, 'There is no such API key of yours.');
  }
}

/** 404: no such user. */
export class UserNotFoundError extends AppError {
  constructor() {
    super('USER_NOT_FOUND', 404, 'There is no such user.');
  }
}

/** 409: somebody has this name, or one that looks like it. */
export class UsernameTakenError extends AppError {
  constructor() {
    super('USERNAME_TAKEN', 409, 'There is a user of this name already.');
  }
}

/** 409: nobody would be left who can manage the server. */
export class LastAdminError extends AppError {
  constructor() {
    super(
      'LAST_ADMIN',
      409,
      'This is the last administrator who is not disabled: make another user one first.',
    );
  }
}

/** 409: the machine, or nobody, has a password of this account. */
export class NoLocalPasswordError extends ConflictError {
  constructor() {
    super('The password of this account is not kept here.', 'NO_LOCAL_PASSWORD');
  }
}

/** 409: the user's jobs would be left without an owner. */
export class UserHasJobsError extends ConflictError {
  constructor() {
    super('This user has jobs: disable the account instead.', 'USER_HAS_JOBS');
  }
}

/** 409: everybody's user is as the configuration says. */
export class ConfiguredUserError extends ConflictError {
  constructor() {
    super('The configuration alone decides about this user.', 'CONFIGURED_USER');
  }
}
