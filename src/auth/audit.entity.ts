import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { instantColumn } from '../common/index.js';
import type { Principal } from './principal.js';

/** What is told of an act besides who and what. Never a secret. */
export type AuditDetails = Record<string, string | number | boolean | null | string[]>;

/** One act that is worth remembering. Names are kept beside ids, for when those are gone. */
@Entity('audit_log')
@Index('audit_log_created_at', ['createdAt'])
@Index('audit_log_actor_id', ['actorId', 'createdAt'])
export class AuditEntry {
  /** Grows with time. */
  @PrimaryGeneratedColumn('increment', { type: 'integer' })
  sequence!: number;

  @Column(instantColumn())
  createdAt!: Date;

  /** For example `login.failed`. */
  @Column('varchar', { length: 64 })
  action!: string;

  /** Null where nobody is proven to have done it. */
  @Column('varchar', { length: 36, nullable: true })
  actorId!: string | null;

  @Column('varchar', { length: 64, nullable: true })
  actorName!: string | null;

  /** How the actor proved who they are. */
  @Column('varchar', { length: 16, nullable: true })
  via!: Principal['via'] | null;

  /** For example `user` or `key`. */
  @Column('varchar', { length: 32, nullable: true })
  targetType!: string | null;

  @Column('varchar', { length: 64, nullable: true })
  targetId!: string | null;

  @Column('varchar', { length: 255, nullable: true })
  targetName!: string | null;

  @Column('simple-json', { nullable: true })
  details!: AuditDetails | null;

  /** IP address, or `unix:<uid>`. */
  @Column('varchar', { length: 64, nullable: true })
  address!: string | null;
}
