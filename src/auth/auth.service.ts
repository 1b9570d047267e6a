import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { InjectRepository } from '@nestjs/typeorm';
import { LessThan, Repository } from 'typeorm';
import { CONFIG, type Config } from '../config/index.js';
import { EventBus } from '../events/index.js';
import { AuthRequiredError, InvalidCredentialsError } from './auth-errors.js';
import { LoginAttempts } from './login-attempts.js';
import { verifyPassword } from './password.js';
import { ROLE_PERMISSIONS } from './permissions.js';
import type { Principal } from './principal.js';
import { Session, USER_AGENT_LENGTH } from './session.entity.js';
import { refusalOf, type TokenClaims } from './token.js';
import { User, usernameKey } from './user.entity.js';

/** Where a log in comes from. */
export interface LoginClient {
  address: string;
  userAgent?: string;
}

export interface LoggedIn {
  token: string;
  user: Principal;
}

const HOUR_SECONDS = 3600;

function principalOf(user: User, session: Pick<Session, 'id' | 'expiresAt'>): Principal {
  return {
    userId: user.id,
    username: user.username,
    role: user.role,
    permissions: ROLE_PERMISSIONS[user.role],
    sessionId: session.id,
    expiresAt: session.expiresAt,
    via: 'jwt',
  };
}

/** Log in, log out, and who a token speaks for. */
@Injectable()
export class AuthService {
  constructor(
    @InjectRepository(User) private readonly users: Repository<User>,
    @InjectRepository(Session) private readonly sessions: Repository<Session>,
    @Inject(CONFIG) private readonly config: Config,
    private readonly jwt: JwtService,
    private readonly attempts: LoginAttempts,
    private readonly events: EventBus,
  ) {}

  /**
   * Opens a session and signs its token.
   * @throws InvalidCredentialsError for an unknown user, a wrong password and a disabled account alike;
   * TooManyAttemptsError after too many of them.
   */
  async login(username: string, password: string, client: LoginClient): Promise<LoggedIn> {
    const user = await this.attempts.run(username, client.address, () =>
      this.check(username, password),
    );
    return this.openSession(user, client);
  }

  /** Ends the caller's session; its token is refused from now on, its sockets are told. */
  async logout({ sessionId }: Principal): Promise<void> {
    if (!sessionId) return;
    await this.sessions.update({ id: sessionId }, { revokedAt: new Date() });
    this.events.emit('session.revoked', { sessionId });
  }

  /**
   * Who a token speaks for; for callers without an HTTP request, such as a socket. An empty token is none.
   * @throws AuthRequiredError that says what is wrong with it.
   */
  async authenticateToken(token: string): Promise<Principal> {
    if (token === '') throw AuthRequiredError.missing();
    const claims = await this.jwt.verifyAsync<TokenClaims>(token).catch((error: unknown) => {
      throw refusalOf(error);
    });
    return this.authenticateClaims(claims);
  }

  /**
   * Who a token speaks for whose signature, issuer and time were found good.
   * @throws AuthRequiredError where its session or user is no longer.
   */
  async authenticateClaims({ sub, sid }: TokenClaims): Promise<Principal> {
    if (typeof sub !== 'string' || typeof sid !== 'string') throw refusalOf(undefined);
    const session = await this.sessions.findOne({
      where: { id: sid, userId: sub },
      relations: { user: true },
    });
    if (!session) throw refusalOf(undefined);
    if (session.revokedAt)
      throw AuthRequiredError.refused('This access token was logged out: log in again.');
    if (session.expiresAt <= new Date()) {
      throw AuthRequiredError.refused('This access token has expired: log in again.');
    }
    if (session.user.disabled)
      throw AuthRequiredError.refused('This account is disabled: ask an administrator.');
    return principalOf(session.user, session);
  }

  private async check(username: string, password: string): Promise<User> {
    const user = await this.users.findOneBy({ usernameKey: usernameKey(username) });
    const matches = await verifyPassword(user?.passwordHash, password);
    if (!user || !matches || user.disabled) throw new InvalidCredentialsError();
    return user;
  }

  private async openSession(user: User, client: LoginClient): Promise<LoggedIn> {
    const now = new Date();
    const exp = Math.floor(now.getTime() / 1000) + this.config.auth.tokenHours * HOUR_SECONDS;
    const session = { id: randomUUID(), expiresAt: new Date(exp * 1000) };
    await this.sessions.delete({ userId: user.id, expiresAt: LessThan(now) });
    await this.sessions.insert({
      ...session,
      userId: user.id,
      createdAt: now,
      revokedAt: null,
      userAgent: client.userAgent?.slice(0, USER_AGENT_LENGTH) ?? null,
      address: client.address,
    });
    await this.users.update({ id: user.id }, { lastLoginAt: now });
    const token = await this.jwt.signAsync({ sub: user.id, sid: session.id, exp });
    return { token, user: principalOf(user, session) };
  }
}
