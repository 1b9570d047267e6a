import { unlessAborted } from '../../common/index.js';

/** One after the other for each path; others go on beside. */
export class FileTurns {
  private readonly turns = new Map<string, Promise<unknown>>();

  /** @throws what `work` throws, or as soon as the signal is aborted while it waits. */
  async take<T>(path: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = this.turns.get(path) ?? Promise.resolve();
    const result = unlessAborted(signal, before).then(work);
    const ended = Promise.allSettled([before, result]);
    this.turns.set(path, ended);
    try {
      return await result;
    } finally {
      void ended.then(() => {
        if (this.turns.get(path) === ended) this.turns.delete(path);
      });
    }
  }
}
