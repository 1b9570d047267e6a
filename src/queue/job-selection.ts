import { In, type FindOptionsWhere } from 'typeorm';
import type { Job } from './job.entity.js';

/** The jobs of one user or of all, of some kinds or of all. */
export interface JobSelection {
  ownerId?: string;
  kinds?: string[];
}

export function whereOf({ ownerId, kinds }: JobSelection): FindOptionsWhere<Job> {
  return {
    ...(ownerId === undefined ? {} : { ownerId }),
    ...(kinds ? { kind: In(kinds) } : {}),
  };
}

/** The same as a condition in SQL, with the values of its placeholders. */
export function conditionOf({ ownerId, kinds }: JobSelection): [sql: string, ...values: string[]] {
  const conditions = [
    ...(ownerId === undefined ? [] : ['"ownerId" = ?']),
    ...(kinds ? [`"kind" IN (${kinds.map(() => '?').join(', ')})`] : []),
  ];
  const values = [...(ownerId === undefined ? [] : [ownerId]), ...(kinds ?? [])];
  return [conditions.join(' AND ') || '1 = 1', ...values];
}
