import { Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';
import { User } from '../auth/index.js';
import { instantColumn } from '../common/index.js';
import type { JobResult } from './job-handler.js';
import type { JobState } from './job-state.js';

/** Why a job failed, as its owner reads it. */
export interface JobFailure {
  code: string;
  message: string;
}

/** One piece of work, from its acceptance to its end. The row is the truth. */
@Entity('jobs')
@Index('jobs_id', ['id'], { unique: true })
@Index('jobs_owner_id', ['ownerId'])
@Index('jobs_state', ['state', 'sequence'])
export class Job {
  /** The order of acceptance, and so of work. */
  @PrimaryGeneratedColumn()
  sequence!: number;

  /** Public and unguessable (UUID v4). */
  @Column({ type: 'varchar', length: 36 })
  id!: string;

  @Column({ type: 'varchar', length: 32 })
  kind!: string;

  @ForeignKey(() => User, { name: 'jobs_owner' })
  @Column({ type: 'varchar', length: 36 })
  ownerId!: string;

  @Column({ type: 'varchar', length: 16 })
  state!: JobState;

  /** What to show of the job in a list. */
  @Column({ type: 'text' })
  title!: string;

  /** What the kind's handler needs, in the core's words. */
  @Column({ type: 'simple-json' })
  request!: object;

  @Column({ type: 'simple-json', nullable: true })
  result!: JobResult | null;

  @Column({ type: 'simple-json', nullable: true })
  failure!: JobFailure | null;

  /** How often it was begun. */
  @Column({ type: 'integer' })
  attempts!: number;

  @Column(instantColumn())
  createdAt!: Date;

  @Column(instantColumn({ nullable: true }))
  startedAt!: Date | null;

  @Column(instantColumn({ nullable: true }))
  finishedAt!: Date | null;
}
