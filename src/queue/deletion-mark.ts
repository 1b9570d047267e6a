import { MoreThan, type FindOperator } from 'typeorm';

/**
 * In `deletedAt`: the job is being removed for good, and its files may be gone already. Being a moment, it
 * keeps the job out of all lists; being the earliest, it keeps it out of the recycle bin.
 */
export const BEING_REMOVED = new Date(0);

/** In `deletedAt`: the job is in the recycle bin. Not `Not(IsNull())`, which SQLite would not find in the index. */
export function inBin(): FindOperator<Date> {
  return MoreThan(BEING_REMOVED);
}
