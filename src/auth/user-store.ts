import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { ValidationError } from '../common/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { AuditService } from './audit.service.js';
import { UsernameTakenError } from './auth-errors.js';
import type { Role } from './permissions.js';
import { principalOf, type Principal } from './principal.js';
import { User, usernameKey, type Origin } from './user.entity.js';

/** Username of everybody who comes without a credential, where that is allowed; nobody else may have it. */
export const ANONYMOUS = 'anonymous';

export interface NewUser {
  username: string;
  role: Role;
  origin: Origin;
  /** Empty where the origin is not local. */
  passwordHash?: string;
}

/** Looks users up by name, and adds them. */
@Injectable()
export class UserStore {
  constructor(
    @InjectRepository(User) private readonly users: Repository<User>,
    private readonly audit: AuditService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Whether there is anybody at all. */
  exists(): Promise<boolean> {
    return this.users.exists();
  }

  byName(username: string): Promise<User | null> {
    return this.users.findOneBy({ usernameKey: usernameKey(username) });
  }

  /** @throws UsernameTakenError where there is one that looks like it. */
  async add({ username, role, origin, passwordHash = '' }: NewUser): Promise<User> {
    const key = usernameKey(username);
    if (key.length > 64)
      throw new ValidationError([{ field: 'username', message: 'username is too long.' }]);
    const user: User = {
      id: randomUUID(),
      username,
      usernameKey: key,
      passwordHash,
      firstPassword: false,
      role,
      origin,
      disabled: false,
      createdAt: new Date(),
      lastLoginAt: null,
    };
    if (origin !== 'anonymous' && user.usernameKey === ANONYMOUS) throw new UsernameTakenError();
    try {
      await this.users.insert(user);
    } catch (error) {
      if (await this.byName(username)) throw new UsernameTakenError();
      throw error;
    }
    return user;
  }

  /**
   * The user of an account of the machine, made at its first use. Undefined where the name belongs to
   * somebody else here: a local user, or an account whose name differs only in its case.
   */
  async ofMachine(
    username: string,
    via: 'unix' | 'pam',
    address: string,
  ): Promise<User | undefined> {
    const known = await this.byName(username);
    if (known) return isMachineUser(known, username) ? known : undefined;
    const role = this.roleOf(username, via);
    try {
      const user = await this.add({ username, role, origin: 'machine' });
      await this.audit.record({
        action: 'user.created',
        actor: principalOf(user, { via }),
        target: { type: 'user', id: user.id, name: username },
        details: { role, origin: 'machine' },
        address,
      });
      return user;
    } catch (error) {
      if (!(error instanceof UsernameTakenError)) throw error;
      // Made by a request at the same time.
      const other = await this.byName(username);
      return other && isMachineUser(other, username) ? other : undefined;
    }
  }

  /** What an account of the machine is when it first comes in. */
  private roleOf(username: string, via: 'unix' | 'pam'): Role {
    const { machineAdmins, unixRole, pamRole } = this.config.auth;
    if (machineAdmins.includes(username)) return 'admin';
    return via === 'unix' ? unixRole : pamRole;
  }

  /**
   * The user of a person behind a front, made at their first request. Undefined where somebody else has
   * that name, which nobody has by chance.
   */
  async behindFront(
    username: string,
    front: Principal,
    address: string,
  ): Promise<User | undefined> {
    const known = await this.byName(username);
    if (known) return known.origin === 'delegated' ? known : undefined;
    try {
      const user = await this.add({ username, role: 'user', origin: 'delegated' });
      await this.audit.record({
        action: 'user.created',
        actor: front,
        target: { type: 'user', id: user.id, name: username },
        details: { role: 'user', origin: 'delegated' },
        address,
      });
      return user;
    } catch (error) {
      if (error instanceof UsernameTakenError) return this.behindFront(username, front, address);
      throw error;
    }
  }
}

function isMachineUser(user: User, username: string): boolean {
  return user.origin === 'machine' && user.username === username;
}
