import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService, type AuditDetails, type Principal } from '../auth/index.js';
import { atomically, change, readOrCreateSecret, rowsOf, type Steps } from '../common/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { KEY_BYTES, seal, unseal } from './sealing.js';

type Field = AuditDetails[string];

/** Settings that belong together, flat. */
export type Fields<T> = { [Name in keyof T]: Field };

/** A group of settings of the server that can be changed while it runs. */
export interface SettingGroup<T extends Fields<T>> {
  /** Under which it is kept, for example `assistant`. */
  name: string;
  /** What counts where nothing was changed, out of the configuration. */
  defaults(config: Config): T;
  /** Fields that are never shown: kept sealed, and told as a mask. */
  secrets?: readonly (keyof T & string)[];
}

/** What is to be otherwise; null puts a field back to its configured default. */
export type SettingChanges<T> = { [Name in keyof T]?: T[Name] | null };

/** Which fields of a group differ from the configuration; never their values, which may be secrets. */
export interface ChangedSettings {
  group: string;
  fields: string[];
}

/** Who changes settings. */
export interface SettingActor {
  caller: Principal | undefined;
  /** Where the request came from. */
  address?: string;
}

/** What stands where a secret is. */
export const MASK = '***masked***';

/** Characters of a text in the audit log. */
const TOLD_LENGTH = 300;

const READ = 'SELECT "value" FROM "settings" WHERE "name" = ?';

const WRITE = `INSERT INTO "settings" ("name", "value", "updatedAt") VALUES (?, ?, ?)
  ON CONFLICT ("name") DO UPDATE SET "value" = excluded."value", "updatedAt" = excluded."updatedAt"`;

type Kept = Record<string, Field>;

/**
 * Settings of the server that administrators change while it runs. Only what was changed is kept, so that
 * the configuration goes on deciding the rest. Whether the caller may is the route's business.
 */
@Injectable()
export class RuntimeSettings {
  private readonly logger = new Logger(RuntimeSettings.name);
  private readonly key: Buffer;

  constructor(
    private readonly source: DataSource,
    private readonly audit: AuditService,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    const path = join(config.storage.dataDir, 'settings-key');
    const make = (): string => randomBytes(KEY_BYTES).toString('base64');
    this.key = Buffer.from(readOrCreateSecret(path, make), 'base64');
  }

  /** What counts now, with its secrets: show it to nobody. */
  async get<T extends Fields<T>>(group: SettingGroup<T>): Promise<T> {
    const kept = await atomically(this.source, () => read(group.name));
    return this.inForce(group, kept);
  }

  /** What was changed while the server ran, by name. */
  async changed(): Promise<ChangedSettings[]> {
    const rows = await this.source.query<{ name: string; value: string }[]>(
      'SELECT "name", "value" FROM "settings" ORDER BY "name"',
    );
    return rows
      .map(({ name, value }) => ({ group: name, fields: Object.keys(JSON.parse(value) as Kept) }))
      .filter(({ fields }) => fields.length > 0);
  }

  /** Changes some of the fields, writes the audit log, and gives what counts now. */
  async change<T extends Fields<T>>(
    group: SettingGroup<T>,
    changes: SettingChanges<T>,
    { caller, address }: SettingActor,
  ): Promise<T> {
    const { name } = group;
    const before = await this.get(group);
    const merge = (kept: Kept): Kept => this.merged(group, kept, changes);
    const kept = await atomically(this.source, function* (): Steps<Kept> {
      const merged = merge(yield* read(name));
      yield* change(WRITE, name, JSON.stringify(merged), Date.now());
      return merged;
    });
    const now = this.inForce(group, kept);
    const details = told(group, before, now, changes);
    if (Object.keys(details).length > 0)
      await this.audit.record({
        action: 'settings.changed',
        actor: caller,
        target: { type: 'settings', name },
        details,
        address,
      });
    return now;
  }

  private merged<T extends Fields<T>>(
    { name, secrets = [] }: SettingGroup<T>,
    kept: Kept,
    changes: SettingChanges<T>,
  ): Kept {
    const merged = { ...kept };
    for (const [field, value] of Object.entries(changes) as [string, Field | undefined][]) {
      if (value === undefined) continue;
      if (value === null) delete merged[field];
      else if (isAmong(secrets, field)) merged[field] = this.sealed(name, field, value);
      else merged[field] = value;
    }
    return merged;
  }

  private sealed(name: string, field: string, value: Field): string {
    return seal(this.key, `${name}.${field}`, String(value));
  }

  /** Passes over what an older version kept in another type. */
  private inForce<T extends Fields<T>>(group: SettingGroup<T>, kept: Kept): T {
    const defaults = group.defaults(this.config);
    const usable = Object.entries(kept).flatMap(([field, value]): [string, Field][] => {
      const standard = (defaults as Kept)[field];
      if (standard === undefined || typeof value !== typeof standard) return [];
      if (!isAmong(group.secrets ?? [], field)) return [[field, value]];
      const text = unseal(this.key, `${group.name}.${field}`, String(value));
      if (text !== undefined) return [[field, text]];
      this.logger.warn(
        `The secret ${field} of the settings ${group.name} was sealed with another key: set it again.`,
      );
      return [];
    });
    return { ...defaults, ...(Object.fromEntries(usable) as Partial<T>) };
  }
}

function* read(name: string): Steps<Kept> {
  const [row] = yield* rowsOf<{ value: string }>(READ, name);
  return row ? (JSON.parse(row.value) as Kept) : {};
}

function isAmong(names: readonly string[], field: string): boolean {
  return names.includes(field);
}

/** For the audit log: the fields that are otherwise now. */
function told<T extends Fields<T>>(
  { secrets = [] }: SettingGroup<T>,
  before: T,
  now: T,
  changes: SettingChanges<T>,
): AuditDetails {
  const names = Object.keys(changes) as (keyof T & string)[];
  const changed = names.filter((name) => before[name] !== now[name]);
  return Object.fromEntries(
    changed.map((name) => [name, isAmong(secrets, name) ? MASK : cut(now[name])]),
  );
}

function cut(value: Field): Field {
  return typeof value === 'string' ? value.slice(0, TOLD_LENGTH) : value;
}
