import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config/index.js';
import { TooManyTextRequestsError } from './text.errors.js';

/** Lets in so many requests of each user at a time, because one language model serves all. */
@Injectable()
export class Turnstile {
  private readonly inside = new Map<string, number>();

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** @returns how to leave, once. @throws TooManyTextRequestsError */
  enter(userId: string): () => void {
    const { perUser } = this.config.text;
    const count = this.inside.get(userId) ?? 0;
    if (count >= perUser) throw new TooManyTextRequestsError(perUser);
    this.inside.set(userId, count + 1);
    return () => this.leave(userId);
  }

  private leave(userId: string): void {
    const count = (this.inside.get(userId) ?? 1) - 1;
    if (count > 0) this.inside.set(userId, count);
    else this.inside.delete(userId);
  }
}
