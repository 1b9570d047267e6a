import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { And, LessThan, MoreThan, type Repository } from 'typeorm';
import { IdempotencyKey } from './idempotency-key.entity.js';

/** How long after a request its next try is known for one. */
const TRIES_WITHIN_MS = 10 * 60 * 1000;

interface LatestTry {
  key: string;
  at: number;
}

/**
 * Keys for requests of clients that send none, but say how often they have tried (`X-Stainless-Retry-Count`
 * of the packages of OpenAI and Anthropic): a later try gets the key of the latest request that was the
 * same, a first one always a key of its own.
 */
@Injectable()
export class CountedTries {
  /** By owner and fingerprint, the oldest first. */
  private readonly latest = new Map<string, LatestTry>();

  constructor(
    @InjectRepository(IdempotencyKey) private readonly keys: Repository<IdempotencyKey>,
  ) {}

  /**
   * @param fingerprint of all that must be the same, the credential among it
   * @param count 0 for a first try
   */
  async keyFor(ownerId: string, fingerprint: string, count: number): Promise<string> {
    const name = `${ownerId}:${fingerprint}`;
    this.forget();
    const known = count > 0 ? await this.find(name, ownerId, fingerprint) : undefined;
    const key = known ?? `try:${fingerprint}:${randomUUID()}`;
    this.latest.delete(name);
    this.latest.set(name, { key, at: Date.now() });
    return key;
  }

  private async find(
    name: string,
    ownerId: string,
    fingerprint: string,
  ): Promise<string | undefined> {
    const recent = this.latest.get(name);
    if (recent) return recent.key;
    // From before this server was started. ';' is the sign after ':'.
    const found = await this.keys.findOne({
      where: {
        ownerId,
        key: And(MoreThan(`try:${fingerprint}:`), LessThan(`try:${fingerprint};`)),
        createdAt: MoreThan(new Date(Date.now() - TRIES_WITHIN_MS)),
      },
      order: { createdAt: 'DESC' },
    });
    return this.latest.get(name)?.key ?? found?.key;
  }

  private forget(): void {
    const limit = Date.now() - TRIES_WITHIN_MS;
    for (const [name, { at }] of this.latest) {
      if (at > limit) return;
      this.latest.delete(name);
    }
  }
}
