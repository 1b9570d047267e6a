import {
  Column,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryColumn,
  type Relation,
} from 'typeorm';
import { instantColumn } from '../common/index.js';
import type { Permission } from './permissions.js';
import { User } from './user.entity.js';

/** A credential for a program. The key itself is known only to its owner. */
@Entity('api_keys')
@Index('api_keys_prefix', ['prefix'], { unique: true })
@Index('api_keys_owner_id', ['ownerId'])
@Index('api_keys_parent_id', ['parentId'])
export class ApiKey {
  /** UUID v4. */
  @PrimaryColumn('varchar', { length: 36 })
  id!: string;

  @Column('varchar', { length: 36 })
  ownerId!: string;

  @ManyToOne(() => User, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'ownerId', foreignKeyConstraintName: 'api_keys_owner' })
  owner!: Relation<User>;

  /** The key that made this one, and with which it ends; null where somebody made it who was logged in. */
  @Column('varchar', { length: 36, nullable: true })
  parentId!: string | null;

  /** What its owner calls it. */
  @Column('varchar', { length: 100 })
  name!: string;

  /** How the key begins: no secret, and what it is looked up by. */
  @Column('varchar', { length: 16 })
  prefix!: string;

  /** SHA-256 of the whole key, in hex. */
  @Column('varchar', { length: 64 })
  hash!: string;

  /** What it may do at most; its owner's permissions limit it further. */
  @Column('simple-json')
  scopes!: Permission[];

  /** Its holder is a front that may say for which of its own users it asks. */
  @Column('boolean', { default: false })
  delegates!: boolean;

  @Column(instantColumn())
  createdAt!: Date;

  /** Null: never. */
  @Column(instantColumn({ nullable: true }))
  expiresAt!: Date | null;

  /** Exact to a minute. */
  @Column(instantColumn({ nullable: true }))
  lastUsedAt!: Date | null;

  @Column(instantColumn({ nullable: true }))
  revokedAt!: Date | null;
}
