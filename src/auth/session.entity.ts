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
import { User } from './user.entity.js';

/** Ways to open a session: a password kept here, the machine's word, a password of the machine. */
export const SESSION_METHODS = ['jwt', 'unix', 'pam'] as const;

export type SessionMethod = (typeof SESSION_METHODS)[number];

/** Longest user agent that is kept, in characters. */
export const USER_AGENT_LENGTH = 256;

/** One log in. Its access token is good for as long as this is neither revoked nor expired. */
@Entity('sessions')
@Index('sessions_user_id', ['userId'])
export class Session {
  /** UUID v4. */
  @PrimaryColumn('varchar', { length: 36 })
  id!: string;

  @Column('varchar', { length: 36 })
  userId!: string;

  @ManyToOne(() => User, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'userId', foreignKeyConstraintName: 'sessions_user' })
  user!: Relation<User>;

  /** How its user proved who they are. */
  @Column('varchar', { length: 16, default: 'jwt' })
  method!: SessionMethod;

  /** The `jti` of the one token that is good; null in sessions from before tokens had one. */
  @Column('varchar', { length: 36, nullable: true })
  tokenId!: string | null;

  /** When the token was last exchanged for a new one. */
  @Column(instantColumn({ nullable: true }))
  rotatedAt!: Date | null;

  @Column(instantColumn())
  createdAt!: Date;

  @Column(instantColumn())
  expiresAt!: Date;

  @Column(instantColumn({ nullable: true }))
  revokedAt!: Date | null;

  /** What the client called itself, cut to {@link USER_AGENT_LENGTH}. */
  @Column('varchar', { length: USER_AGENT_LENGTH, nullable: true })
  userAgent!: string | null;

  /** IP address that the log in came from. */
  @Column('varchar', { length: 64, nullable: true })
  address!: string | null;
}
