import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import {
  kindRates,
  rateSlots,
  type KindRate,
  type RateSlot,
  type SlotCount,
  type SlotEnds,
} from './rate-slots.js';

export interface JobRates {
  slots: RateSlot[];
  kinds: KindRate[];
}

/** A stretch of time in slots of the same length; times in milliseconds since 1970. */
export interface RateWindow {
  from: number;
  step: number;
  slots: number;
}

/** Jobs that were there in the window: those that had ended before it change nothing in it. */
const SEEN = '"finishedAt" >= ? OR "finishedAt" IS NULL';

/** In which slot a moment is. A parameter is a floating-point number to SQLite, and so is a quotient with it. */
function slotOf(column: string): string {
  return `max(0, CAST(("${column}" - ?) / ? AS INTEGER))`;
}

/** How much work there was, minute by minute, out of the jobs table: of all users, and of all lanes. */
@Injectable()
export class RateBook {
  constructor(@InjectDataSource() private readonly source: DataSource) {}

  async over({ from, step, slots }: RateWindow): Promise<JobRates> {
    const window = [from, step];
    const changes = (column: string): Promise<SlotCount[]> =>
      this.source.query<SlotCount[]>(
        `SELECT ${slotOf(column)} AS "slot", count(*) AS "count" FROM "jobs"
         WHERE "${column}" IS NOT NULL AND (${SEEN}) GROUP BY "slot"`,
        [...window, from],
      );
    const [arrivals, beginnings, rows] = await Promise.all([
      changes('createdAt'),
      changes('startedAt'),
      this.source.query<Array<Omit<SlotEnds, 'begun'> & { begun: number }>>(
        `SELECT ${slotOf('finishedAt')} AS "slot", "kind", "state", "startedAt" IS NOT NULL AS "begun",
           count(*) AS "count", coalesce(sum("finishedAt" - "startedAt"), 0) AS "worked"
         FROM "jobs" WHERE "finishedAt" >= ? GROUP BY "slot", "kind", "state", "begun"`,
        [...window, from],
      ),
    ]);
    const ends = rows.map((row) => ({ ...row, begun: row.begun === 1 }));
    return { slots: rateSlots({ slots, arrivals, beginnings, ends }), kinds: kindRates(ends) };
  }
}
