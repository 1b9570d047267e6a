import { change, rowsOf, type Steps } from '../common/index.js';
import { charge, shareOf, virtualTime, type QueueClock } from './fair-share.js';
import type { Lane } from './lanes.js';

/** Takes a user's next turn in a lane. @returns where it begins in virtual time */
export function* takeTurn(lane: Lane, ownerId: string, cost: number): Steps<number> {
  const [clock] = yield* rowsOf<QueueClock & { own: number | null }>(
    `SELECT
       (SELECT max("startTag") FROM "jobs" WHERE "state" = 'processing' AND "lane" = ?) AS "processing",
       (SELECT min("startTag") FROM "jobs"
        WHERE "state" = 'queued' AND "lane" = ? AND "blocked" = 0) AS "queued",
       (SELECT max("finishTag") FROM "queue_shares" WHERE "lane" = ?) AS "finished",
       (SELECT "finishTag" FROM "queue_shares" WHERE "ownerId" = ? AND "lane" = ?) AS "own"`,
    lane,
    lane,
    lane,
    ownerId,
    lane,
  );
  const now = clock ? virtualTime(clock) : 0;
  const { start, finish } = shareOf(now, clock?.own ?? 0, cost);
  yield* change(
    `INSERT INTO "queue_shares" ("ownerId", "lane", "finishTag") VALUES (?, ?, ?)
     ON CONFLICT ("ownerId", "lane") DO UPDATE SET "finishTag" = excluded."finishTag"`,
    ownerId,
    lane,
    finish,
  );
  return start;
}

/** A job that gives its turn back. */
export interface Turn {
  /** Where it would have begun. */
  startTag: number;
  ownerId: string;
  lane: Lane;
  cost: number;
}

/** Gives a turn that was not used to its user's later jobs. */
export function* giveTurnBack({ startTag, ownerId, lane, cost }: Turn): Steps<void> {
  yield* change(
    `UPDATE "jobs" SET "startTag" = "startTag" - ?
     WHERE "ownerId" = ? AND "state" = 'queued' AND "lane" = ? AND "blocked" = 0 AND "startTag" > ?`,
    charge(cost),
    ownerId,
    lane,
    startTag,
  );
  yield* change(
    'UPDATE "queue_shares" SET "finishTag" = "finishTag" - ? WHERE "ownerId" = ? AND "lane" = ?',
    charge(cost),
    ownerId,
    lane,
  );
}
