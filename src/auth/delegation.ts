import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Injectable, Logger } from '@nestjs/common';
import { AuthRequiredError } from './auth-errors.js';
import { ROLE_PERMISSIONS, type Permission } from './permissions.js';
import { principalOf, type Principal } from './principal.js';
import { UserStore } from './user-store.js';

/** Where a front says who its user is; the first that is there counts. Open WebUI sends the latter three. */
const HEADERS = [
  'x-atelier-user',
  'x-openwebui-user-id',
  'x-openwebui-user-email',
  'x-openwebui-user-name',
] as const;

/** What shows best who somebody is. */
const NAMES = ['x-openwebui-user-email', 'x-openwebui-user-name', 'x-atelier-user'] as const;

/** Longest id or name that is taken, in characters. */
const LONGEST = 200;

/** Milliseconds between two notes that a key may not speak for others. */
const NOTED_EVERY = 3_600_000;

/** What a front can do for the people behind it: their jobs, and nothing about accounts and keys. */
const LENT: readonly Permission[] = ROLE_PERMISSIONS.user.filter(
  (permission) => !/^(account|key):/.test(permission),
);

function headerOf(headers: IncomingHttpHeaders, name: string): string {
  const text = [headers[name] ?? ''].flat()[0] ?? '';
  try {
    return decodeURIComponent(text).trim().slice(0, LONGEST);
  } catch {
    return text.trim().slice(0, LONGEST);
  }
}

function firstOf(headers: IncomingHttpHeaders, names: readonly string[]): string {
  return names.map((name) => headerOf(headers, name)).find((text) => text !== '') ?? '';
}

/**
 * A front that sets one header may pass on another, or a second of the same name, that its client has sent.
 * @throws AuthRequiredError
 */
function assertOnePerson(headers: IncomingHttpHeaders): void {
  const [own, id] = [headers['x-atelier-user'], headers['x-openwebui-user-id']];
  if (own !== undefined && id !== undefined)
    throw AuthRequiredError.refused(
      'X-Atelier-User and X-OpenWebUI-User-Id both name a person: send one of them.',
    );
  // Node joins headers of one name by ", ".
  if ([own, id].some((header) => String(header).includes(', ')))
    throw AuthRequiredError.refused(
      'X-Atelier-User or X-OpenWebUI-User-Id names several persons: send one, percent-encoded.',
    );
}

/** A name that no person can have chosen: it holds a part that only the front's user leads to. */
function usernameOf(ownerId: string, id: string, shown: string): string {
  const mark = createHash('sha256')
    .update(JSON.stringify([ownerId, id]))
    .digest('hex');
  const readable = shown.replaceAll(/[^\w.@-]+/g, '-').slice(0, 40);
  return `${readable || 'user'}~${mark.slice(0, 12)}`;
}

/** Lets a trusted front that shows a delegating key say which of its people it asks for. */
@Injectable()
export class Delegation {
  private readonly logger = new Logger(Delegation.name);
  private readonly noted = new Map<string, number>();

  constructor(private readonly users: UserStore) {}

  /**
   * The caller that a request with a key is of: the person it names where the key is for that, else the
   * key's owner. The person is a user of their own, made at their first request.
   * @throws AuthRequiredError where that user is disabled.
   */
  async callerOf(
    key: Principal,
    headers: IncomingHttpHeaders,
    address: string,
  ): Promise<Principal> {
    const id = firstOf(headers, HEADERS);
    if (id === '') return key;
    if (!key.delegates) {
      this.note(key);
      return key;
    }
    assertOnePerson(headers);
    const username = usernameOf(key.userId, id, firstOf(headers, NAMES) || id);
    const user = await this.users.behindFront(username, key, address);
    if (!user || user.disabled)
      throw AuthRequiredError.refused('This account is disabled: ask an administrator.');
    return principalOf(user, {
      permissions: LENT.filter((permission) => key.permissions.includes(permission)),
      keyId: key.keyId,
      expiresAt: key.expiresAt,
      via: 'api-key',
    });
  }

  private note({ keyId = '', username }: Principal): void {
    const now = Date.now();
    if (now - (this.noted.get(keyId) ?? 0) < NOTED_EVERY) return;
    this.noted.set(keyId, now);
    this.logger.warn(
      `The key ${keyId} of ${username} may not speak for others: the headers that name a user are ignored.`,
    );
  }
}
