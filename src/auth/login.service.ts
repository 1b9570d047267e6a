import { Inject, Injectable } from '@nestjs/common';
import { InvalidParametersError, ValidationError } from '../common/index.js';
import { CONFIG, type AuthMethod, type Config } from '../config/index.js';
import { AuditService } from './audit.service.js';
import { InvalidCredentialsError, LoginDisabledError } from './auth-errors.js';
import type { LoginClient } from './client.js';
import { PamAuth } from './pam-auth.js';
import { PasswordHasher } from './password-hasher.js';
import type { Principal } from './principal.js';
import type { SessionMethod } from './session.entity.js';
import { SessionService, type LoggedIn } from './session.service.js';
import { SignInLimiter } from './sign-in-limiter.js';
import { UnixAuth } from './unix-auth.js';
import type { User } from './user.entity.js';
import { UserStore } from './user-store.js';

/** Somebody who proved who they are, and how. */
interface Proven {
  user: User;
  method: SessionMethod;
}

/** Log in, log out, and the exchange of tokens. */
@Injectable()
export class LoginService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly users: UserStore,
    private readonly sessions: SessionService,
    private readonly limiter: SignInLimiter,
    private readonly passwords: PasswordHasher,
    private readonly pam: PamAuth,
    private readonly unix: UnixAuth,
    private readonly audit: AuditService,
  ) {}

  /**
   * Opens a session and signs its token. The password may be missing only where the account's own
   * process is at the other end of our Unix socket.
   * @throws InvalidCredentialsError for an unknown user, a wrong password and a disabled account alike;
   * TooManyAttemptsError after too many of them; PasswordChecksBusyError; LoginDisabledError,
   * LoginUnavailableError.
   */
  async login(
    username: string,
    password: string | undefined,
    client: LoginClient,
  ): Promise<LoggedIn> {
    const { user, method } = await this.attempt(username, password, client);
    const opened = await this.sessions.open(user, method, client);
    await this.audit.record({
      action: 'login.succeeded',
      actor: opened.user,
      target: { type: 'session', id: opened.user.sessionId },
      address: client.address,
    });
    return opened;
  }

  /**
   * Whose username and password these are, without a log in.
   * @throws as {@link login}
   */
  async check(username: string, password: string, client: LoginClient): Promise<User> {
    const { user } = await this.attempt(username, password, client);
    return user;
  }

  /**
   * Ends the caller's session; its token is refused from now on, its sockets are told.
   * @throws InvalidParametersError where the caller did not log in.
   */
  async logout(caller: Principal, { address }: LoginClient): Promise<void> {
    const sessionId = sessionOf(caller);
    await this.sessions.revoke({ id: sessionId });
    await this.audit.record({
      action: 'logout.succeeded',
      actor: caller,
      target: { type: 'session', id: sessionId },
      address,
    });
  }

  /**
   * A new token for the caller's session; the old one is refused from now on.
   * @throws InvalidParametersError where the caller did not log in; AuthRequiredError.
   */
  async refresh(caller: Principal): Promise<string> {
    sessionOf(caller);
    return this.sessions.refresh(caller);
  }

  private attempt(
    username: string,
    password: string | undefined,
    client: LoginClient,
  ): Promise<Proven> {
    return this.limiter.run({ username, address: client.address }, (isKnown) =>
      this.prove(username, password, client, isKnown).catch((error: unknown) =>
        this.noteFailure(username, client, error),
      ),
    );
  }

  private async prove(
    username: string,
    password: string | undefined,
    client: LoginClient,
    isKnown: boolean,
  ): Promise<Proven> {
    const proven =
      password === undefined
        ? await this.proveByConnection(username, client)
        : await this.proveByPassword(username, password, client, isKnown);
    if (!proven || proven.user.disabled) throw new InvalidCredentialsError();
    return proven;
  }

  private async proveByConnection(
    username: string,
    { socket }: LoginClient,
  ): Promise<Proven | undefined> {
    if (!socket || !this.unix.isOffered(socket)) {
      this.assertPasswords();
      const message = 'password must be a text of 1 to 1024 characters.';
      throw new ValidationError([{ field: 'password', message }]);
    }
    const user = await this.unix.userAt(socket, username);
    return user && { user, method: 'unix' };
  }

  /** A name that is known here is never asked of PAM: each name has one password. */
  private async proveByPassword(
    username: string,
    password: string,
    client: LoginClient,
    isKnown: boolean,
  ): Promise<Proven | undefined> {
    this.assertPasswords();
    const known = await this.users.byName(username);
    const local = known?.origin === 'local' ? known : undefined;
    const matches = await this.passwords.verify(local?.passwordHash, password, isKnown);
    if (local) return matches && this.takes('jwt') ? { user: local, method: 'jwt' } : undefined;
    if (!this.takes('pam') || !(await this.pam.check(username, password))) return undefined;
    const user = await this.users.ofMachine(username, 'pam', client.address);
    return user && { user, method: 'pam' };
  }

  private takes(method: AuthMethod): boolean {
    return this.config.auth.methods.includes(method);
  }

  private assertPasswords(): void {
    if (!this.takes('jwt') && !this.takes('pam')) throw new LoginDisabledError();
  }

  /** An unknown name is not kept: people type passwords where the name goes. */
  private async noteFailure(
    username: string,
    { address }: LoginClient,
    error: unknown,
  ): Promise<never> {
    if (error instanceof InvalidCredentialsError) {
      const user = await this.users.byName(username);
      this.audit.recordLater({
        action: 'login.failed',
        target: { type: 'user', id: user?.id, name: user?.username },
        details: { known: user !== null },
        address,
      });
    }
    throw error;
  }
}

function sessionOf({ sessionId }: Principal): string {
  if (sessionId) return sessionId;
  throw new InvalidParametersError(
    'Only a log in has a session: this request came with another credential, or none.',
  );
}
