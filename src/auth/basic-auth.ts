import { createHmac, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { AuthRequiredError, InvalidCredentialsError } from './auth-errors.js';
import type { LoginClient } from './client.js';
import { LoginService } from './login.service.js';
import { principalOf, type Principal } from './principal.js';
import { User } from './user.entity.js';

/** Milliseconds for which a password that was right needs not be proven again. */
const TRUSTED_MS = 5 * 60_000;

/** Passwords that are remembered as right; the oldest is forgotten first. */
const REMEMBERED = 1000;

interface Remembered {
  userId: string;
  /** As it was then: a new password makes the old one worthless at once. */
  passwordHash: string;
  until: number;
}

/**
 * A username and a password with each request, for clients that know nothing else. Proving a password costs
 * tenths of a second on purpose, so a right one is remembered for some minutes, as a keyed hash in memory.
 */
@Injectable()
export class BasicAuth {
  private readonly secret = randomBytes(32);
  private readonly right = new Map<string, Remembered>();

  constructor(
    @InjectRepository(User) private readonly users: Repository<User>,
    private readonly login: LoginService,
  ) {}

  /** @throws AuthRequiredError, TooManyAttemptsError, LoginUnavailableError */
  async authenticate(username: string, password: string, client: LoginClient): Promise<Principal> {
    const key = createHmac('sha256', this.secret)
      .update(JSON.stringify([username, password]))
      .digest('base64');
    const user = (await this.known(key)) ?? (await this.prove(username, password, client));
    this.remember(key, user);
    return principalOf(user, { via: 'basic' });
  }

  private async known(key: string): Promise<User | undefined> {
    const remembered = this.right.get(key);
    if (!remembered || remembered.until < Date.now()) return undefined;
    const user = await this.users.findOneBy({ id: remembered.userId });
    if (user && !user.disabled && user.passwordHash === remembered.passwordHash) return user;
    this.right.delete(key);
    return undefined;
  }

  private async prove(username: string, password: string, client: LoginClient): Promise<User> {
    try {
      return await this.login.check(username, password, client);
    } catch (error) {
      if (error instanceof InvalidCredentialsError)
        throw AuthRequiredError.refused('Unknown username or wrong password.', error);
      throw error;
    }
  }

  private remember(key: string, { id, passwordHash }: User): void {
    if (this.right.has(key)) return;
    this.right.set(key, { userId: id, passwordHash, until: Date.now() + TRUSTED_MS });
    const [oldest] = this.right.keys();
    if (this.right.size > REMEMBERED && oldest !== undefined) this.right.delete(oldest);
  }
}
