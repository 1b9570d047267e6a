import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { atomically, change, rowsOf, type Steps } from '../common/index.js';
import { SettingsFullError, SettingTooLargeError } from './settings.errors.js';

/** What may be kept: anything that JSON can say, except nothing. */
export type SettingValue = object | string | number | boolean;

/** Bytes of one setting as JSON. */
export const SETTING_LIMIT = 256 * 1024;

/** Bytes of all settings of a user, names included. */
export const USER_LIMIT = 2 * 1024 * 1024;

/** Names come from our own code, never from a request. */
const NAME = /^[a-z0-9][a-z0-9._-]{0,99}$/;

const WRITE = `INSERT INTO "user_settings" ("userId", "name", "value", "updatedAt") VALUES (?, ?, ?, ?)
  ON CONFLICT ("userId", "name") DO UPDATE SET "value" = excluded."value", "updatedAt" = excluded."updatedAt"`;

const OTHERS = `SELECT COALESCE(SUM(LENGTH(CAST("value" AS BLOB)) + LENGTH("name")), 0) AS "bytes"
  FROM "user_settings" WHERE "userId" = ? AND "name" <> ?`;

function nameOf(name: string): string {
  if (NAME.test(name)) return name;
  throw new Error(`"${name}" is no name of a setting`);
}

function textOf(value: SettingValue): string {
  const text = JSON.stringify(value);
  if (Buffer.byteLength(text) > SETTING_LIMIT) throw new SettingTooLargeError(SETTING_LIMIT);
  return text;
}

/**
 * What each user wants to be so for themselves: preferences of a user interface, options of a dialect.
 * Kept as JSON under names that carry their owner (`sdcpp.preferences`), deleted with the user, never
 * seen by anybody else. What is read back is what was written: check it where its shape may have changed.
 */
@Injectable()
export class UserSettings {
  constructor(private readonly source: DataSource) {}

  /** Undefined where the user has set nothing. */
  async get<T extends SettingValue>(userId: string, name: string): Promise<T | undefined> {
    return atomically(this.source, () => read<T>(userId, nameOf(name)));
  }

  /** @throws SettingTooLargeError; SettingsFullError */
  async set(userId: string, name: string, value: SettingValue): Promise<void> {
    await this.change(userId, name, () => value);
  }

  /**
   * Makes a new value of the one that is there, in one breath: two changes at the same time both count.
   * @throws SettingTooLargeError; SettingsFullError; whatever `make` throws, and then nothing changes
   */
  async change<T extends SettingValue>(
    userId: string,
    name: string,
    make: (now: T | undefined) => T,
  ): Promise<T> {
    const key = nameOf(name);
    return atomically(this.source, function* (): Steps<T> {
      const value = make(yield* read<T>(userId, key));
      const text = textOf(value);
      const [others] = yield* rowsOf<{ bytes: number }>(OTHERS, userId, key);
      const bytes = (others?.bytes ?? 0) + Buffer.byteLength(text) + key.length;
      if (bytes > USER_LIMIT) throw new SettingsFullError(USER_LIMIT);
      yield* change(WRITE, userId, key, text, Date.now());
      return value;
    });
  }

  /** Whether there was one. */
  async delete(userId: string, name: string): Promise<boolean> {
    const changes = await atomically(this.source, () =>
      change(`DELETE FROM "user_settings" WHERE "userId" = ? AND "name" = ?`, userId, nameOf(name)),
    );
    return changes > 0;
  }
}

function* read<T>(userId: string, name: string): Steps<T | undefined> {
  const [row] = yield* rowsOf<{ value: string }>(
    `SELECT "value" FROM "user_settings" WHERE "userId" = ? AND "name" = ?`,
    userId,
    name,
  );
  return row && (JSON.parse(row.value) as T);
}
