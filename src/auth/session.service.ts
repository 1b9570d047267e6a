import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, LessThan, MoreThan, Not, Repository, type FindOptionsWhere } from 'typeorm';
import { pageWindow } from '../common/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { EventBus } from '../events/index.js';
import { StorageMonitor, TrustedClock } from '../storage/index.js';
import { AuditService } from './audit.service.js';
import { AuthRequiredError, SessionNotFoundError } from './auth-errors.js';
import type { LoginClient } from './client.js';
import { principalOf, type Principal } from './principal.js';
import type { SessionQuery } from './session.dto.js';
import { Session, USER_AGENT_LENGTH, type SessionMethod } from './session.entity.js';
import { refusalOf, type TokenClaims } from './token.js';
import { User } from './user.entity.js';

const HOUR_SECONDS = 3600;
const DAY_SECONDS = 24 * HOUR_SECONDS;

/**
 * Milliseconds after a refresh during which the token it replaced is refused and no more. Its client may
 * have had requests under way; later on, nobody who is honest has it.
 */
export const ROTATION_GRACE = 10_000;

export interface LoggedIn {
  token: string;
  user: Principal;
}

type OpenSession = Pick<Session, 'id' | 'method' | 'expiresAt' | 'tokenId'>;

function callerOfSession(user: User, session: OpenSession): Principal {
  return principalOf(user, {
    sessionId: session.id,
    tokenId: session.tokenId ?? undefined,
    expiresAt: session.expiresAt,
    via: session.method,
  });
}

/** Log ins: each is a session with one token that is good. */
@Injectable()
export class SessionService {
  constructor(
    @InjectRepository(User) private readonly users: Repository<User>,
    @InjectRepository(Session) private readonly sessions: Repository<Session>,
    @Inject(CONFIG) private readonly config: Config,
    private readonly jwt: JwtService,
    private readonly events: EventBus,
    private readonly audit: AuditService,
    private readonly storage: StorageMonitor,
    private readonly clock: TrustedClock,
  ) {}

  /** Opens a session for a user who proved who they are, and signs its token. */
  async open(user: User, method: SessionMethod, client: LoginClient): Promise<LoggedIn> {
    const now = new Date();
    const session = {
      id: randomUUID(),
      method,
      tokenId: randomUUID(),
      expiresAt: this.expiryFrom(now),
    };
    await this.sessions.insert({
      ...session,
      userId: user.id,
      createdAt: now,
      rotatedAt: null,
      revokedAt: null,
      userAgent: client.userAgent?.slice(0, USER_AGENT_LENGTH) ?? null,
      address: client.address,
    });
    await this.storage.optional('the time of a sign-in', async () => {
      await this.sessions.delete({
        userId: user.id,
        expiresAt: LessThan(new Date(this.clock.now())),
      });
      await this.users.update({ id: user.id }, { lastLoginAt: now });
    });
    return { token: await this.sign(user.id, session), user: callerOfSession(user, session) };
  }

  /**
   * Who a token speaks for whose signature, issuer and time were found good.
   * @throws AuthRequiredError where its session, its user or its way to log in is no longer, or where it
   * was exchanged for another.
   */
  async authenticate({ sub, sid, jti }: TokenClaims): Promise<Principal> {
    if (typeof sub !== 'string' || typeof sid !== 'string') throw refusalOf(undefined);
    const session = await this.sessions.findOne({
      where: { id: sid, userId: sub },
      relations: { user: true },
    });
    if (!session) throw refusalOf(undefined);
    if (session.revokedAt)
      throw AuthRequiredError.refused('This access token was logged out: log in again.');
    if (session.tokenId !== (jti ?? null)) throw await this.refuseRotated(session);
    if (session.expiresAt <= new Date())
      throw AuthRequiredError.refused('This access token has expired: log in again.');
    if (session.user.disabled)
      throw AuthRequiredError.refused('This account is disabled: ask an administrator.');
    if (!this.config.auth.methods.includes(session.method))
      throw AuthRequiredError.refused('This way to log in was switched off: use another.');
    return callerOfSession(session.user, session);
  }

  /**
   * Exchanges the caller's token for a new one; the old one is refused from now on.
   * @throws AuthRequiredError where it was exchanged already, or the session is too old.
   */
  async refresh({ userId, sessionId, tokenId }: Principal): Promise<string> {
    const session = await this.sessions.findOneByOrFail({ id: sessionId });
    const fresh = {
      id: session.id,
      tokenId: randomUUID(),
      expiresAt: this.expiryFrom(new Date(), session.createdAt),
    };
    if (fresh.expiresAt <= new Date())
      throw AuthRequiredError.refused('This log in is too old to be refreshed: log in again.');
    const { affected } = await this.sessions.update(
      { id: session.id, tokenId: tokenId ?? IsNull(), revokedAt: IsNull() },
      { tokenId: fresh.tokenId, expiresAt: fresh.expiresAt, rotatedAt: new Date() },
    );
    if (affected !== 1) throw replaced();
    return this.sign(userId, fresh);
  }

  /** The user's sessions that are good, and how many there are in all. */
  async list({ userId }: Principal, query: SessionQuery): Promise<[Session[], number]> {
    const column = query.sort_by === 'expires' ? 'expiresAt' : 'createdAt';
    return this.sessions.findAndCount({
      where: { ...this.live({ userId }), expiresAt: MoreThan(new Date()) },
      order: { [column]: query.sort_order, id: 'asc' },
      ...pageWindow(query),
    });
  }

  /** @throws SessionNotFoundError where the user has no such session. */
  async revokeOwn({ userId }: Principal, sessionId: string): Promise<void> {
    if ((await this.revoke({ userId, id: sessionId })) === 0) throw new SessionNotFoundError();
  }

  /** Ends all sessions of the user, except the given one; gives how many those were. */
  async revokeAll(userId: string, except?: string): Promise<number> {
    return this.revoke(except ? { userId, id: Not(except) } : { userId });
  }

  /** Ends sessions; their tokens are refused from now on, their sockets are told. */
  async revoke(which: FindOptionsWhere<Session>): Promise<number> {
    const found = await this.sessions.find({ select: { id: true }, where: this.live(which) });
    const ended = await Promise.all(
      found.map(({ id }) => this.sessions.update(this.live({ id }), { revokedAt: new Date() })),
    );
    for (const { id } of found) this.events.emit('session.revoked', { sessionId: id });
    return ended.filter(({ affected }) => affected === 1).length;
  }

  private live(which: FindOptionsWhere<Session>): FindOptionsWhere<Session> {
    return { ...which, revokedAt: IsNull() };
  }

  private async refuseRotated(session: Session): Promise<AuthRequiredError> {
    const since = Date.now() - (session.rotatedAt?.getTime() ?? 0);
    if (since < ROTATION_GRACE) return replaced();
    if ((await this.revoke({ id: session.id })) > 0) {
      const { id, username } = session.user;
      await this.audit.record({
        action: 'session.token_reused',
        target: { type: 'user', id, name: username },
        details: { session_id: session.id },
      });
    }
    return AuthRequiredError.refused(
      'This access token was replaced by a newer one and used again, so the log in was ended: log in again.',
    );
  }

  private expiryFrom(now: Date, openedAt = now): Date {
    const { tokenHours, sessionDays } = this.config.auth;
    const oldest =
      openedAt.getTime() / 1000 + Math.max(sessionDays * DAY_SECONDS, tokenHours * HOUR_SECONDS);
    const seconds = Math.min(now.getTime() / 1000 + tokenHours * HOUR_SECONDS, oldest);
    return new Date(Math.floor(seconds) * 1000);
  }

  private sign(
    sub: string,
    { id, tokenId, expiresAt }: Pick<OpenSession, 'id' | 'expiresAt'> & { tokenId: string },
  ): Promise<string> {
    return this.jwt.signAsync({ sub, sid: id, jti: tokenId, exp: expiresAt.getTime() / 1000 });
  }
}

function replaced(): AuthRequiredError {
  return AuthRequiredError.refused('This access token was replaced by a newer one: use that.');
}
