import { Injectable } from '@nestjs/common';

/** Who is being watched live, so that previews are made only for somebody who will see them. */
@Injectable()
export class Audience {
  private readonly watchers = new Map<string, number>();
  private everything = 0;

  /** Somebody began to watch the jobs of this user; the returned function ends it. */
  watch(userId: string): () => void {
    this.watchers.set(userId, (this.watchers.get(userId) ?? 0) + 1);
    return once(() => {
      const left = (this.watchers.get(userId) ?? 1) - 1;
      if (left > 0) this.watchers.set(userId, left);
      else this.watchers.delete(userId);
    });
  }

  /** Somebody began to watch the jobs of everybody; the returned function ends it. */
  watchEverybody(): () => void {
    this.everything += 1;
    return once(() => {
      this.everything -= 1;
    });
  }

  /** Whether anybody watches anything. */
  get isThere(): boolean {
    return this.everything > 0 || this.watchers.size > 0;
  }

  isWatched(userId: string): boolean {
    return this.everything > 0 || this.watchers.has(userId);
  }
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}
