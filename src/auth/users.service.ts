import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Raw, Repository, type FindOptionsWhere } from 'typeorm';
import { pageWindow } from '../common/index.js';
import { EventBus } from '../events/index.js';
import { AuditService } from './audit.service.js';
import {
  ConfiguredUserError,
  InvalidCredentialsError,
  LastAdminError,
  NoLocalPasswordError,
  UserHasJobsError,
  UserNotFoundError,
} from './auth-errors.js';
import type { LoginClient } from './client.js';
import { PasswordHasher } from './password-hasher.js';
import { randomPassword } from './password.js';
import type { Principal } from './principal.js';
import { SessionService } from './session.service.js';
import { SignInLimiter } from './sign-in-limiter.js';
import { User, usernameKey } from './user.entity.js';
import { UserStore } from './user-store.js';
import type { CreateUserDto, UpdateUserDto, UserQuery } from './users.dto.js';

/** A user, and their password where it was made up here. */
export interface AccountWithPassword {
  user: User;
  password?: string;
}

/** Who does it: a caller, or whoever operates the machine, who needs no leave. */
type Actor = Principal | undefined;

const COLUMNS = {
  username: 'usernameKey',
  role: 'role',
  created: 'createdAt',
  last_login: 'lastLoginAt',
} as const;

/**
 * True in the database where an administrator is left without the one in question. In the same statement
 * as the change, so that two changes at the same time cannot each count on the other.
 */
const ANOTHER_ADMIN = `EXISTS (SELECT 1 FROM "users" "other" WHERE "other"."role" = 'admin'
  AND "other"."disabled" = :enabled AND "other"."origin" <> 'anonymous' AND "other"."id" <> :id)`;

/** What administrators do to users, and users to their own account. */
@Injectable()
export class UsersService {
  constructor(
    @InjectRepository(User) private readonly users: Repository<User>,
    private readonly store: UserStore,
    private readonly sessions: SessionService,
    private readonly limiter: SignInLimiter,
    private readonly passwords: PasswordHasher,
    private readonly events: EventBus,
    private readonly audit: AuditService,
  ) {}

  /** A page of the users, and how many match in all. */
  async list(query: UserQuery): Promise<[User[], number]> {
    return this.users.findAndCount({
      where: conditionsOf(query),
      order: { [COLUMNS[query.sort_by]]: query.sort_order, id: 'asc' },
      ...pageWindow(query),
    });
  }

  /** Whether somebody can come in by the password that the first start made up, and has yet to replace it. */
  hasFirstPassword(): Promise<boolean> {
    return this.users.existsBy({ firstPassword: true, disabled: false });
  }

  /** @throws UserNotFoundError */
  async find(id: string): Promise<User> {
    const user = await this.users.findOneBy({ id });
    if (!user) throw new UserNotFoundError();
    return user;
  }

  /** Adds a local user. @throws UsernameTakenError */
  async create(
    caller: Actor,
    { username, password, role = 'user' }: CreateUserDto,
    { address }: LoginClient,
  ): Promise<AccountWithPassword> {
    const made = password === undefined ? randomPassword() : undefined;
    const passwordHash = await this.passwords.hash(made ?? password ?? '');
    const user = await this.store.add({ username, role, origin: 'local', passwordHash });
    await this.note('user.created', caller, user, address, { role, origin: 'local' });
    return { user, password: made };
  }

  /**
   * Changes role or state. Whoever loses something loses their open connections too; who is disabled also
   * their log ins.
   * @throws UserNotFoundError; LastAdminError; ConfiguredUserError for everybody's user.
   */
  async update(
    caller: Actor,
    id: string,
    { role, disabled }: UpdateUserDto,
    { address }: LoginClient,
  ): Promise<User> {
    const user = await this.find(id);
    assertOwnWill(user);
    const change = {
      ...(role !== undefined && role !== user.role && { role }),
      ...(disabled !== undefined && disabled !== user.disabled && { disabled }),
    };
    if (Object.keys(change).length === 0) return user;
    await this.apply(id, change);
    if (change.disabled) await this.sessions.revokeAll(id);
    this.events.emit('user.changed', { userId: id });
    await this.note('user.updated', caller, user, address, change);
    return Object.assign(user, change);
  }

  /**
   * Gives a local user another password, which ends their log ins; the caller's own stays.
   * @throws UserNotFoundError; NoLocalPasswordError.
   */
  async resetPassword(
    caller: Actor,
    id: string,
    password: string | undefined,
    { address }: LoginClient,
  ): Promise<AccountWithPassword> {
    const user = await this.find(id);
    assertPasswordKept(user);
    const made = password === undefined ? randomPassword() : undefined;
    await this.setPassword(user, made ?? password ?? '', caller?.sessionId);
    await this.note('user.password_reset', caller, user, address);
    return { user, password: made };
  }

  /**
   * Removes a user who never asked for a picture, with their log ins and keys.
   * @throws UserNotFoundError; LastAdminError; UserHasJobsError; ConfiguredUserError for everybody's user.
   */
  async remove(caller: Actor, id: string, { address }: LoginClient): Promise<void> {
    const user = await this.find(id);
    assertOwnWill(user);
    const { affected } = await this.delete(user);
    if (affected !== 1) throw new LastAdminError();
    this.events.emit('user.changed', { userId: id });
    await this.note('user.deleted', caller, user, address);
  }

  /**
   * Changes the caller's own password, which ends their other log ins. Wrong guesses are braked as those
   * of a log in are.
   * @throws InvalidCredentialsError where the current one is wrong; TooManyAttemptsError; NoLocalPasswordError.
   */
  async changeOwnPassword(
    caller: Principal,
    current: string,
    wanted: string,
    { address }: LoginClient,
  ): Promise<void> {
    const user = await this.find(caller.userId);
    assertPasswordKept(user);
    await this.limiter.run({ username: user.username, address, isSignedIn: true }, async () => {
      if (!(await this.passwords.verify(user.passwordHash, current, true)))
        throw new InvalidCredentialsError();
    });
    await this.setPassword(user, wanted, caller.sessionId);
    await this.note('user.password_changed', caller, user, address);
  }

  private async setPassword(user: User, password: string, keptSession?: string): Promise<void> {
    const passwordHash = await this.passwords.hash(password);
    await this.users.update({ id: user.id }, { passwordHash, firstPassword: false });
    await this.sessions.revokeAll(user.id, keptSession);
  }

  /** Only what changes is written: two who change different things at the same time both have their way. */
  private async apply(id: string, change: Partial<Pick<User, 'role' | 'disabled'>>): Promise<void> {
    const update = this.users.createQueryBuilder().update().set(change).where('"id" = :id', { id });
    const takesAway = (change.role ?? 'admin') !== 'admin' || change.disabled === true;
    if (takesAway) update.andWhere(`(${isNoAdmin} OR ${ANOTHER_ADMIN})`, { enabled: false });
    const { affected } = await update.execute();
    if (affected !== 1) throw takesAway ? new LastAdminError() : new UserNotFoundError();
  }

  private async delete({ id }: User): Promise<{ affected?: number | null }> {
    try {
      return await this.users
        .createQueryBuilder()
        .delete()
        .where('"id" = :id', { id })
        .andWhere(`(${isNoAdmin} OR ${ANOTHER_ADMIN})`, { enabled: false })
        .execute();
    } catch (error) {
      if (!isForeignKeyFault(error)) throw error;
      throw new UserHasJobsError();
    }
  }

  private async note(
    action: `user.${string}`,
    actor: Actor,
    { id, username }: User,
    address: string,
    details?: Record<string, string | boolean>,
  ): Promise<void> {
    const target = { type: 'user', id, name: username };
    await this.audit.record({ action, actor, target, details, address });
  }
}

/** An administrator who is disabled already is not one that can be lost. */
const isNoAdmin = `"role" <> 'admin' OR "disabled" <> :enabled`;

function conditionsOf({ search, role, origin, disabled }: UserQuery): FindOptionsWhere<User> {
  const pattern = search && `%${usernameKey(search).replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  return {
    ...(pattern && {
      usernameKey: Raw((column) => `${column} LIKE :pattern ESCAPE '\\'`, { pattern }),
    }),
    ...(role && { role }),
    ...(origin && { origin }),
    ...(disabled !== undefined && { disabled }),
  };
}

/** SQLite's and Postgres' codes for a row that others refer to. */
function isForeignKeyFault(error: unknown): boolean {
  const { code } = (error as { driverError?: { code?: string } }).driverError ?? {};
  return code === 'SQLITE_CONSTRAINT_FOREIGNKEY' || code === '23503';
}

function assertOwnWill({ origin }: User): void {
  if (origin === 'anonymous') throw new ConfiguredUserError();
}

function assertPasswordKept({ origin }: User): void {
  if (origin !== 'local') throw new NoLocalPasswordError();
}
