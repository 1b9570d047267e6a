import { Injectable, Logger } from '@nestjs/common';
import { InjectDataSource, InjectRepository } from '@nestjs/typeorm';
import { MoreThanOrEqual, type DataSource, type Repository } from 'typeorm';
import { messageOf } from '../common/index.js';
import { Job } from './job.entity.js';

/** Deaths of the server during a job from which on it may be what kills the server. */
export const SUSPECT_DEATHS = 3;

/** How long a suspect job steps back after a start, in milliseconds; doubled with each further death. */
const FIRST_DELAY_MS = 5000;
const LONGEST_DELAY_MS = 10 * 60_000;

export function isSuspect(serverDeaths: number): boolean {
  return serverDeaths >= SUSPECT_DEATHS;
}

/** How long after a start a job steps back that the server died under so often, in milliseconds. */
export function stepBackMs(serverDeaths: number): number {
  return Math.min(FIRST_DELAY_MS * 2 ** (serverDeaths - SUSPECT_DEATHS), LONGEST_DELAY_MS);
}

/**
 * Jobs during which the server died again and again. A death of the server fails no job, but a job that
 * causes it (a crash with the engine inline, memory that runs out) must not take all others down in an
 * endless loop: after each start it waits behind everybody, longer each time.
 */
@Injectable()
export class DeferredJobs {
  private readonly logger = new Logger(DeferredJobs.name);
  private readonly timers = new Set<NodeJS.Timeout>();

  constructor(
    @InjectRepository(Job) private readonly jobs: Repository<Job>,
    @InjectDataSource() private readonly source: DataSource,
  ) {}

  /** Lets every deferred job have its turn when its time has come. @param released told of each */
  async start(released: (id: string) => Promise<void>): Promise<void> {
    const deferred = await this.jobs.findBy({
      state: 'queued',
      blocked: true,
      serverDeaths: MoreThanOrEqual(SUSPECT_DEATHS),
    });
    for (const { id, serverDeaths } of deferred.filter(({ attempts }) => attempts > 0)) {
      const delay = stepBackMs(serverDeaths);
      this.logger.warn(
        `The server died ${serverDeaths} times during job ${id}: it lets others go before it for ${delay / 1000} s`,
      );
      const timer = setTimeout(() => {
        this.timers.delete(timer);
        this.release(id)
          .then(() => released(id))
          .catch((error: unknown) =>
            this.logger.error(`Job ${id} could not go on: ${messageOf(error)}`),
          );
      }, delay).unref();
      this.timers.add(timer);
    }
  }

  stop(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }

  /** Puts a job before those that wait now, and not into a past in which newcomers would begin with it. */
  private async release(id: string): Promise<void> {
    await this.source.query(
      `UPDATE "jobs" SET "blocked" = 0, "startTag" = max("startTag", coalesce(
         (SELECT min("other"."startTag") FROM "jobs" AS "other"
          WHERE "other"."state" = 'queued' AND "other"."lane" = "jobs"."lane" AND "other"."blocked" = 0),
         "startTag"))
       WHERE "id" = ? AND "state" = 'queued' AND "blocked" = 1`,
      [id],
    );
  }
}
