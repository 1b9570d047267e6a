import type { ServerResponse } from 'node:http';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { EventBus } from '../events/index.js';
import type { Access } from './access.js';
import { ROLE_PERMISSIONS } from './permissions.js';
import type { Principal } from './principal.js';
import { User } from './user.entity.js';

/** Milliseconds between two looks for answers whose credential has expired meanwhile. */
const EXPIRY_MS = 5000;

/** What manages credentials: such a request may end its own, and still says so. */
const MANAGES_CREDENTIALS = /^(account|key|user):/;

interface Answer {
  principal: Principal;
  access: Access;
}

/**
 * The answers that are not yet given to their end, streams of events among them. They end with the
 * credential of their caller, as live connections do.
 */
@Injectable()
export class CallerConnections implements OnModuleDestroy {
  private readonly answers = new Map<ServerResponse, Answer>();
  private readonly stops: Array<() => void> = [];

  constructor(
    events: EventBus,
    @InjectRepository(User) private readonly users: Repository<User>,
  ) {
    const timer = setInterval(() => this.endExpired(), EXPIRY_MS).unref();
    this.stops.push(
      () => clearInterval(timer),
      events.on('session.revoked', ({ sessionId }) =>
        this.end(({ principal }) => principal.sessionId === sessionId),
      ),
      events.on('key.revoked', ({ keyId }) =>
        this.end(({ principal }) => principal.keyId === keyId),
      ),
      events.on('user.changed', ({ userId }) => void this.endLost(userId)),
    );
  }

  onModuleDestroy(): void {
    for (const stop of this.stops) stop();
  }

  /** To be called with every request that was let in. */
  add(response: ServerResponse, principal: Principal, access: Access): void {
    if (access === 'public' || MANAGES_CREDENTIALS.test(access)) return;
    const forget = (): void => void this.answers.delete(response);
    this.answers.set(response, { principal, access });
    response.once('close', forget);
    response.once('finish', forget);
  }

  private end(isMeant: (answer: Answer) => boolean): void {
    for (const [response, answer] of this.answers) if (isMeant(answer)) response.destroy();
  }

  private endExpired(): void {
    const now = new Date();
    this.end(({ principal: { expiresAt } }) => expiresAt !== undefined && expiresAt <= now);
  }

  /** A user who may still do what they asked for is answered to the end. */
  private async endLost(userId: string): Promise<void> {
    const user = await this.users.findOneBy({ id: userId }).catch(() => null);
    const held = user && !user.disabled ? ROLE_PERMISSIONS[user.role] : [];
    this.end(
      ({ principal, access }) =>
        principal.userId === userId && !(held as readonly Access[]).includes(access),
    );
  }
}
