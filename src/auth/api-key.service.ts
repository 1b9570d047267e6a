import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, LessThanOrEqual, MoreThan, Not, Repository, type FindOptionsWhere } from 'typeorm';
import { pageWindow, ValidationError } from '../common/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { EventBus } from '../events/index.js';
import { StorageMonitor } from '../storage/index.js';
import { createApiKey, matchesApiKey, prefixOf } from './api-key.js';
import type { ApiKeyQuery, CreateApiKeyDto } from './api-key.dto.js';
import { ApiKey } from './api-key.entity.js';
import { AuditService } from './audit.service.js';
import {
  ApiKeyNotFoundError,
  AuthRequiredError,
  InsufficientPermissionsError,
} from './auth-errors.js';
import { ROLE_PERMISSIONS, type Permission } from './permissions.js';
import { can, principalOf, type Principal } from './principal.js';

/** Milliseconds between two notes of the use of a key. */
const USE_NOTED_EVERY = 60_000;

/** What a key holds only when it is asked for by name: with these it could make itself company. */
const BY_NAME_ONLY: readonly Permission[] = ['account:manage', 'key:create', 'key:revoke'];

/** A key with the secret that only its owner gets, and only now. */
export interface CreatedApiKey {
  key: string;
  apiKey: ApiKey;
}

/** Keys for programs. */
@Injectable()
export class ApiKeyService {
  constructor(
    @InjectRepository(ApiKey) private readonly keys: Repository<ApiKey>,
    @Inject(CONFIG) private readonly config: Config,
    private readonly events: EventBus,
    private readonly audit: AuditService,
    private readonly storage: StorageMonitor,
  ) {}

  /**
   * Who a key speaks for, and what it may do: its scopes, as far as its owner holds them now.
   * @throws AuthRequiredError where it is no good.
   */
  async authenticate(key: string): Promise<Principal> {
    if (!this.config.auth.methods.includes('api-key'))
      throw AuthRequiredError.refused('This server takes no API keys.');
    const prefix = prefixOf(key);
    const found = prefix
      ? await this.keys.findOne({ where: { prefix }, relations: { owner: true } })
      : undefined;
    if (!matchesApiKey(found?.hash, key) || !found)
      throw AuthRequiredError.refused('This API key is malformed or unknown here.');
    assertGood(found);
    await this.noteUse(found);
    return callerOfKey(found);
  }

  /**
   * Makes a key for the caller. It holds no more than the caller does now; one that is made by a key lasts
   * no longer than that key.
   * One that speaks for others makes users, so it needs the permission for that.
   * @throws InsufficientPermissionsError naming the first scope that the caller lacks; ValidationError.
   */
  async create(
    caller: Principal,
    { name, scopes, expires_at, delegates = false }: CreateApiKeyDto,
    address: string,
  ): Promise<CreatedApiKey> {
    const missing = scopes?.find((scope) => !can(caller, scope));
    if (missing) throw new InsufficientPermissionsError(missing, caller.via);
    if (delegates && !can(caller, 'user:manage'))
      throw new InsufficientPermissionsError('user:manage', caller.via);
    const { key, prefix, hash } = createApiKey();
    const apiKey: Omit<ApiKey, 'owner'> = {
      id: randomUUID(),
      ownerId: caller.userId,
      parentId: caller.keyId ?? null,
      name,
      prefix,
      hash,
      scopes: scopes ?? caller.permissions.filter((scope) => !BY_NAME_ONLY.includes(scope)),
      delegates,
      createdAt: new Date(),
      expiresAt: expiryOf(expires_at, caller.keyId ? caller.expiresAt : undefined),
      lastUsedAt: null,
      revokedAt: null,
    };
    await this.keys.insert(apiKey);
    await this.assertParentGood(apiKey);
    await this.audit.record({
      action: 'key.created',
      actor: caller,
      target: { type: 'key', id: apiKey.id, name },
      details: { prefix, scopes: apiKey.scopes, expires_at: expires_at ?? null, delegates },
      address,
    });
    return { key, apiKey: await this.keys.findOneOrFail(withOwner({ id: apiKey.id })) };
  }

  /** A page of the keys of one owner, or of all for `undefined`, and how many match in all. */
  async list(ownerId: string | undefined, query: ApiKeyQuery): Promise<[ApiKey[], number]> {
    const owner = ownerId === undefined ? {} : { ownerId };
    const where = conditionsOf(query.state).map((condition) => ({ ...owner, ...condition }));
    return this.keys.findAndCount({
      where,
      relations: { owner: true },
      order: { [COLUMNS[query.sort_by]]: query.sort_order, id: 'asc' },
      ...pageWindow(query),
    });
  }

  /**
   * Ends a key of the caller's, or anyone's where the caller may, and all keys that it made. Ending it again
   * does nothing more.
   * @throws ApiKeyNotFoundError where there is none in reach.
   */
  async revoke(caller: Principal, id: string, address: string): Promise<void> {
    const reach = can(caller, 'key:revoke_all') ? {} : { ownerId: caller.userId };
    const found = await this.keys.findOne(withOwner({ id, ...reach }));
    if (!found) throw new ApiKeyNotFoundError();
    for (const revoked of await this.endWithDerived(id)) {
      this.events.emit('key.revoked', { keyId: revoked.id });
      await this.audit.record({
        action: 'key.revoked',
        actor: caller,
        target: { type: 'key', id: revoked.id, name: revoked.name },
        details: {
          prefix: revoked.prefix,
          owner: found.owner.username,
          ...(revoked.id === id ? {} : { with: found.prefix }),
        },
        address,
      });
    }
  }

  /** Whether a key is still good. */
  async isGood(id: string): Promise<boolean> {
    const found = await this.keys.findOne(withOwner({ id }));
    if (!found) return false;
    try {
      assertGood(found);
      return true;
    } catch {
      return false;
    }
  }

  /** A key that ended while it made another one had no authority to give. */
  private async assertParentGood({ id, parentId }: Omit<ApiKey, 'owner'>): Promise<void> {
    if (parentId === null || (await this.isGood(parentId))) return;
    await this.keys.delete({ id });
    throw AuthRequiredError.refused('This API key has ended.');
  }

  private endWithDerived(id: string): Promise<Pick<ApiKey, 'id' | 'name' | 'prefix'>[]> {
    return this.keys.query(
      `WITH RECURSIVE "derived"("id") AS (
         SELECT ?
         UNION SELECT "api_keys"."id" FROM "api_keys" JOIN "derived" ON "api_keys"."parentId" = "derived"."id"
       )
       UPDATE "api_keys" SET "revokedAt" = ?
       WHERE "id" IN (SELECT "id" FROM "derived") AND "revokedAt" IS NULL
       RETURNING "id", "name", "prefix"`,
      [id, Date.now()],
    );
  }

  private async noteUse({ id, lastUsedAt }: ApiKey): Promise<void> {
    const now = Date.now();
    if (lastUsedAt && now - lastUsedAt.getTime() < USE_NOTED_EVERY) return;
    const before = new Date(now - USE_NOTED_EVERY);
    const note = (): Promise<unknown> =>
      this.keys.update(
        lastUsedAt ? { id, lastUsedAt: LessThanOrEqual(before) } : { id, lastUsedAt: IsNull() },
        { lastUsedAt: new Date(now) },
      );
    await this.storage.optional('the last use of an API key', note);
  }
}

const COLUMNS = {
  created: 'createdAt',
  name: 'name',
  last_used: 'lastUsedAt',
  expires: 'expiresAt',
} as const;

function withOwner(where: FindOptionsWhere<ApiKey>) {
  return { where, relations: { owner: true } };
}

/** Of which one must hold. */
function conditionsOf(state: ApiKeyQuery['state']): FindOptionsWhere<ApiKey>[] {
  const now = new Date();
  switch (state) {
    case undefined:
      return [{}];
    case 'revoked':
      return [{ revokedAt: Not(IsNull()) }];
    case 'expired':
      return [{ revokedAt: IsNull(), expiresAt: LessThanOrEqual(now) }];
    case 'active':
      return [
        { revokedAt: IsNull(), expiresAt: IsNull() },
        { revokedAt: IsNull(), expiresAt: MoreThan(now) },
      ];
  }
}

function assertGood({ revokedAt, expiresAt, owner }: ApiKey): void {
  if (revokedAt) throw AuthRequiredError.refused('This API key was revoked.');
  if (expiresAt && expiresAt <= new Date())
    throw AuthRequiredError.refused('This API key has expired.');
  if (owner.disabled)
    throw AuthRequiredError.refused("This API key's owner is disabled: ask an administrator.");
}

function callerOfKey({ id, owner, scopes, expiresAt, delegates }: ApiKey): Principal {
  const held = ROLE_PERMISSIONS[owner.role];
  return principalOf(owner, {
    permissions: scopes.filter((scope) => held.includes(scope)),
    keyId: id,
    expiresAt: expiresAt ?? undefined,
    // Who speaks for others makes users, which takes the permission for it.
    ...(delegates && held.includes('user:manage') && { delegates }),
    via: 'api-key',
  });
}

/** @param bound when the key that makes this one ends, where it is a key and ends */
function expiryOf(wanted: number | null | undefined, bound: Date | undefined): Date | null {
  if (wanted === undefined) return bound ?? null;
  const refuse = (message: string): never => {
    throw new ValidationError([{ field: 'expires_at', message }]);
  };
  const instant = wanted === null ? null : new Date(wanted * 1000);
  if (instant && instant <= new Date()) refuse('expires_at must lie in the future.');
  if (bound && (!instant || instant > bound))
    refuse('expires_at must not lie after the end of the key that makes this one.');
  return instant;
}
