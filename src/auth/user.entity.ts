import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { instantColumn } from '../common/index.js';
import type { Role } from './permissions.js';

/**
 * Who keeps the account: `local` is ours, with a password here; `machine` is an account of the operating
 * system or its directory, which alone knows the password; `delegated` is a person behind a front that asks for
 * them with a key, and cannot log in; `anonymous` is whoever comes without a credential.
 */
export type Origin = 'local' | 'machine' | 'delegated' | 'anonymous';

export const ORIGINS: readonly Origin[] = ['local', 'machine', 'delegated', 'anonymous'];

@Entity('users')
@Index('users_username_key', ['usernameKey'], { unique: true })
export class User {
  /** UUID v4. */
  @PrimaryColumn('varchar', { length: 36 })
  id!: string;

  /** As its owner writes it. */
  @Column('varchar', { length: 64 })
  username!: string;

  /** The username as {@link usernameKey} makes it: what must be unique, and is looked up. */
  @Column('varchar', { length: 64 })
  usernameKey!: string;

  /** Argon2id in the PHC string format; empty where the origin is not local. */
  @Column('varchar', { length: 255 })
  passwordHash!: string;

  /** The password is still the one that the first start made up and showed. */
  @Column('boolean', { default: false })
  firstPassword!: boolean;

  @Column('varchar', { length: 16 })
  role!: Role;

  @Column('varchar', { length: 16, default: 'local' })
  origin!: Origin;

  @Column('boolean')
  disabled!: boolean;

  @Column(instantColumn())
  createdAt!: Date;

  @Column(instantColumn({ nullable: true }))
  lastLoginAt!: Date | null;
}

/** Makes usernames that look alike the same: no case, no compatibility forms. */
export function usernameKey(username: string): string {
  return username.normalize('NFKC').toLowerCase();
}
