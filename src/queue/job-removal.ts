import { Injectable, Logger } from '@nestjs/common';
import { messageOf } from '../common/index.js';
import { JobArchive, type RemovalPlace } from './job-archive.js';

/** Removes what another module has kept for a job. */
export type RemovalHook = (jobId: string) => Promise<void>;

/** Removes jobs that have ended for good, with all that other modules have kept for them. */
@Injectable()
export class JobRemoval {
  private readonly logger = new Logger(JobRemoval.name);
  private readonly hooks: RemovalHook[] = [];

  constructor(private readonly archive: JobArchive) {}

  /** Has this done before the row of a job is removed; done again where it was cut off. */
  onRemoval(hook: RemovalHook): void {
    this.hooks.push(hook);
  }

  /**
   * The row is marked before anything goes, so that no job is shown whose files are gone. What cannot be
   * finished now, on a full disk for example, is finished by a later {@link finish}.
   * @param before only if it was put into the bin before this moment
   * @returns false where there is no such job in this place (any more), or it has not ended.
   */
  async remove(id: string, from: RemovalPlace = 'lists', before?: Date): Promise<boolean> {
    if (!(await this.archive.beginRemoval(id, from, before))) return false;
    await this.finishOne(id);
    return true;
  }

  /** Finishes the removals that were begun: at the start, and now and then. */
  async finish(): Promise<void> {
    for (const id of await this.archive.beingRemoved()) await this.finishOne(id);
  }

  private async finishOne(id: string): Promise<void> {
    try {
      for (const hook of this.hooks) await hook(id);
      await this.archive.remove(id);
    } catch (error) {
      this.logger.warn(`The removal of job ${id} will be finished later: ${messageOf(error)}`);
    }
  }
}
