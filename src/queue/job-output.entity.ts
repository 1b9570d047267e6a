import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { instantColumn } from '../common/index.js';
import { Job } from './job.entity.js';

const LISTED = ['sequence', 'place', 'createdAt', 'kind', 'model', 'width', 'height'];

/**
 * An output that is there, of a job that is not in the recycle bin. The database writes these rows itself
 * (the migration that makes the table), from the results of the jobs.
 */
@Entity('job_outputs')
@Index('job_outputs_all', LISTED)
@Index('job_outputs_owner', ['ownerId', ...LISTED])
export class JobOutputRow {
  @ForeignKey(() => Job, 'sequence', { name: 'job_outputs_job', onDelete: 'CASCADE' })
  @PrimaryColumn({ type: 'integer' })
  sequence!: number;

  /** Among the outputs of its job, from 0. */
  @PrimaryColumn({ type: 'integer' })
  place!: number;

  @Column({ type: 'varchar', length: 36 })
  ownerId!: string;

  /** When the job was submitted. */
  @Column(instantColumn())
  createdAt!: Date;

  @Column({ type: 'varchar', length: 32 })
  kind!: string;

  @Column({ type: 'varchar', length: 255, nullable: true })
  model!: string | null;

  @Column({ type: 'varchar', length: 128 })
  filename!: string;

  @Column({ type: 'varchar', length: 64 })
  contentType!: string;

  @Column({ type: 'bigint' })
  bytes!: number;

  @Column({ type: 'integer' })
  width!: number;

  @Column({ type: 'integer' })
  height!: number;

  @Column({ type: 'bigint', nullable: true })
  seed!: number | null;
}
