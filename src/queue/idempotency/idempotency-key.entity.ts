import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { User } from '../../auth/index.js';
import { instantColumn } from '../../common/index.js';

/** What a user's request under an `Idempotency-Key` made, and what it was answered. */
@Entity('idempotency_keys')
@Index('idempotency_keys_age', ['createdAt'])
export class IdempotencyKey {
  @ForeignKey(() => User, { name: 'idempotency_keys_owner', onDelete: 'CASCADE' })
  @PrimaryColumn({ type: 'varchar', length: 36 })
  ownerId!: string;

  @PrimaryColumn({ type: 'varchar', length: 255 })
  key!: string;

  /** SHA-256 of what was asked for, in hex. */
  @Column({ type: 'varchar', length: 64 })
  fingerprint!: string;

  /** The jobs that the request made, in their order. */
  @Column({ type: 'simple-json' })
  jobIds!: string[];

  /** HTTP status of the answer; null when the server stopped before there was one. */
  @Column({ type: 'integer', nullable: true })
  status!: number | null;

  /** The answer as JSON; null when there is none yet, or when it is too long to be kept. */
  @Column({ type: 'text', nullable: true })
  body!: string | null;

  @Column(instantColumn())
  createdAt!: Date;
}
