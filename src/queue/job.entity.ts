import { Column, Entity, ForeignKey, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { User } from '../auth/index.js';
import { instantColumn } from '../common/index.js';
import type { StoredResult } from './job-handler.js';
import type { JobState } from './job-state.js';
import type { Lane } from './lanes.js';

/** Why a job failed, as its owner reads it. */
export interface JobFailure {
  code: string;
  message: string;
}

/** What a client of another API sent, as that API calls it. */
export interface JobOrigin {
  dialect: string;
  /** Plain JSON, without pictures. */
  params: Record<string, unknown>;
  /** By what the job is found again, each at most 255 characters: its client's own id, for example. */
  tags?: Record<string, string>;
}

const NOT_DELETED = '"deletedAt" IS NULL';

/** One piece of work, from its acceptance to its end. The row is the truth. */
@Entity('jobs')
@Index('jobs_id', ['id'], { unique: true })
@Index('jobs_state', ['state', 'lane', 'sequence'])
@Index('jobs_order', ['state', 'lane', 'blocked', 'startTag', 'sequence', 'ownerId'])
@Index('jobs_owner_state', ['ownerId', 'state', 'startTag', 'lane', 'deletedAt'])
@Index('jobs_after', ['after'], { where: '"after" IS NOT NULL' })
@Index('jobs_history', ['createdAt', 'sequence', 'state', 'kind', 'model'], { where: NOT_DELETED })
@Index('jobs_owner_history', ['ownerId', 'createdAt', 'sequence', 'state', 'kind', 'model'], {
  where: NOT_DELETED,
})
@Index('jobs_owner_label', ['ownerId', 'label', 'createdAt', 'sequence', 'state', 'kind'], {
  where: `${NOT_DELETED} AND "label" IS NOT NULL`,
})
@Index('jobs_bin', ['ownerId', 'deletedAt'], { where: '"deletedAt" IS NOT NULL' })
@Index('jobs_outputs', ['finishedAt', 'outputBytes'])
export class Job {
  /** The order of acceptance. */
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

  /** What to show of the job in a list. Searched by an index of its own, which a change would not reach. */
  @Column({ type: 'text', update: false })
  title!: string;

  /** What the kind's handler needs, in the core's words. */
  @Column({ type: 'simple-json' })
  request!: object;

  @Column({ type: 'simple-json', nullable: true })
  result!: StoredResult | null;

  @Column({ type: 'simple-json', nullable: true })
  failure!: JobFailure | null;

  /** How often it was begun, without those attempts that a stop of the server put back. */
  @Column({ type: 'integer' })
  attempts!: number;

  /** Attempts that failed for a passing reason: the engine died, a hub did not answer. These end a job. */
  @Column({ type: 'integer', default: 0 })
  failedAttempts!: number;

  /** Attempts during which the server itself died (crash, `kill -9`, power cut). These never end a job. */
  @Column({ type: 'integer', default: 0 })
  serverDeaths!: number;

  @Column(instantColumn())
  createdAt!: Date;

  @Column(instantColumn({ nullable: true }))
  startedAt!: Date | null;

  @Column(instantColumn({ nullable: true }))
  finishedAt!: Date | null;

  /** Name of the model it uses. */
  @Column({ type: 'varchar', length: 255, nullable: true })
  model!: string | null;

  /** What it takes of its user's share, in megapixel-steps. */
  @Column({ type: 'double precision', default: 0 })
  cost!: number;

  /** Where it begins in virtual time (fair-share.ts); the order of work. */
  @Column({ type: 'double precision', default: 0 })
  startTag!: number;

  /** The job of which this is another try. */
  @Column({ type: 'varchar', length: 36, nullable: true })
  retryOf!: string | null;

  /** The queue in which it waits. */
  @Column({ type: 'varchar', length: 16, default: 'engine' })
  lane!: Lane;

  /** The job that must have completed before this one begins. */
  @Column({ type: 'varchar', length: 36, nullable: true })
  after!: string | null;

  /** Whether it must not be begun yet: `after` has not completed, or it steps back after server deaths. */
  @Column({ type: 'boolean', default: false })
  blocked!: boolean;

  /** The title that its owner gave it. Searched like `title`. */
  @Column({ type: 'varchar', length: 255, nullable: true, update: false })
  label!: string | null;

  @Column({ type: 'simple-json', nullable: true })
  origin!: JobOrigin | null;

  /** When it was put into the recycle bin. */
  @Column(instantColumn({ nullable: true }))
  deletedAt!: Date | null;

  /** What its outputs take on disk; null when it has none (any more). */
  @Column({ type: 'bigint', nullable: true })
  outputBytes!: number | null;

  /** When its outputs were removed to make room. */
  @Column(instantColumn({ nullable: true }))
  outputsExpiredAt!: Date | null;

  /** When its input images were removed to make room; it cannot be tried again. */
  @Column(instantColumn({ nullable: true }))
  inputsExpiredAt!: Date | null;

  /** Bytes that the engine took for it at its peak; null where that was not measured. */
  @Column({ type: 'bigint', nullable: true })
  memoryBytes!: number | null;

  /** Bytes that it took on graphics cards and the like. */
  @Column({ type: 'bigint', nullable: true })
  deviceMemoryBytes!: number | null;
}

/** Where each user's last job of a lane ends in virtual time. */
@Entity('queue_shares')
export class QueueShare {
  @ForeignKey(() => User, { name: 'queue_shares_owner', onDelete: 'CASCADE' })
  @PrimaryColumn({ type: 'varchar', length: 36 })
  ownerId!: string;

  @PrimaryColumn({ type: 'varchar', length: 16 })
  lane!: Lane;

  @Column({ type: 'double precision' })
  finishTag!: number;
}

/** Something by which a job is found again: its client's own id, for example. */
@Entity('job_tags')
@Index('job_tags_value', ['ownerId', 'name', 'value', 'jobId'])
export class JobTag {
  @ForeignKey(() => Job, 'id', { name: 'job_tags_job', onDelete: 'CASCADE' })
  @PrimaryColumn({ type: 'varchar', length: 36 })
  jobId!: string;

  @PrimaryColumn({ type: 'varchar', length: 64 })
  name!: string;

  @Column({ type: 'varchar', length: 255 })
  value!: string;

  /** Whose job it is. */
  @Column({ type: 'varchar', length: 36 })
  ownerId!: string;
}

/** A file that came in with a request and is needed until its job is done. */
export interface Upload {
  id: string;
  bytes: number;
}

/** What came in with a job's request, and is kept as long as the job is. */
@Entity('job_uploads')
@Index('job_uploads_upload', ['uploadId'])
export class JobUpload {
  @ForeignKey(() => Job, 'id', { name: 'job_uploads_job', onDelete: 'CASCADE' })
  @PrimaryColumn({ type: 'varchar', length: 36 })
  jobId!: string;

  @PrimaryColumn({ type: 'varchar', length: 64 })
  uploadId!: string;

  /** Its size; 0 for one that was kept before sizes were. */
  @Column({ type: 'bigint', default: 0 })
  bytes!: number;
}
