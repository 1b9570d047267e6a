import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { addressRange } from './address-range.js';
import { Session } from './session.entity.js';

/** Milliseconds for which an address stays known after a sign-in. */
const KNOWN_FOR_MS = 30 * 86_400_000;

/** Pairs of user and address that are remembered; the oldest is forgotten first. */
const REMEMBERED_PAIRS = 10_000;

/** Sessions of a user that are looked at. */
const LATEST_SESSIONS = 100;

/** Knows from which addresses a user has signed in well of late: in memory, and from the sessions. */
@Injectable()
export class KnownAddresses {
  /** By pair, the Unix time in milliseconds of the last sign-in. */
  private readonly signIns = new Map<string, number>();

  constructor(@InjectRepository(Session) private readonly sessions: Repository<Session>) {}

  /**
   * @param name the key of a username, also of one that nobody has: that costs as much
   * @param range as {@link addressRange} gives it
   */
  async has(name: string, range: string): Promise<boolean> {
    const since = Date.now() - KNOWN_FOR_MS;
    if ((this.signIns.get(keyOf(name, range)) ?? 0) > since) return true;
    const found = await this.sessions
      .createQueryBuilder('session')
      .innerJoin('session.user', 'user')
      .select('session.address', 'address')
      .where('user.usernameKey = :name', { name })
      .andWhere('session.createdAt > :since', { since })
      .orderBy('session.createdAt', 'DESC')
      .limit(LATEST_SESSIONS)
      .getRawMany<Pick<Session, 'address'>>();
    return found.some(({ address }) => address !== null && addressRange(address) === range);
  }

  add(name: string, range: string): void {
    const key = keyOf(name, range);
    this.signIns.delete(key);
    this.signIns.set(key, Date.now());
    const [oldest] = this.signIns.keys();
    if (this.signIns.size > REMEMBERED_PAIRS && oldest !== undefined) this.signIns.delete(oldest);
  }
}

function keyOf(name: string, range: string): string {
  return JSON.stringify([name, range]);
}
