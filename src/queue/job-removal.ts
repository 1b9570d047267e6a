import { Injectable } from '@nestjs/common';
import { JobArchive } from './job-archive.js';

/** Removes what a room has kept for a job. */
export type RemovalHook = (jobId: string) => Promise<void>;

/** Removes jobs that have ended for good, with all that any room has kept for them. */
@Injectable()
export class JobRemoval {
  private readonly hooks: RemovalHook[] = [];

  constructor(private readonly archive: JobArchive) {}

  /** Has this done before a job is removed. */
  onRemoval(hook: RemovalHook): void {
    this.hooks.push(hook);
  }

  /** @returns false where there is no such job (any more), or it has not ended. */
  async remove(id: string): Promise<boolean> {
    // Files first: should the server stop in between, the row is still there to be removed again.
    for (const hook of this.hooks) await hook(id);
    return this.archive.remove(id);
  }
}
