import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import type { Principal } from '../../src/auth/index.js';
import {
  MASK,
  RuntimeSettings,
  UserSettings,
  type SettingGroup,
} from '../../src/settings/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { addUser, bearer, send, tokenOf } from '../support/auth.js';
import { temporaryFolder } from '../support/folder.js';

interface Lamp {
  place: string;
  watts: number;
  token: string;
}

const LAMP: SettingGroup<Lamp> = {
  name: 'lamp',
  defaults: () => ({ place: 'kitchen', watts: 5, token: '' }),
  secrets: ['token'],
};

let server: TestApp;

beforeEach(async () => {
  server = await createTestApp();
});

afterEach(async () => {
  await server.close();
});

async function rows(table: string): Promise<Record<string, string>[]> {
  return server.app.get(DataSource).query(`SELECT * FROM "${table}"`);
}

async function deedsOf(action: string): Promise<{ details: string; actorName: string | null }[]> {
  const source = server.app.get(DataSource);
  return source.query(`SELECT * FROM "audit_log" WHERE "action" = '${action}'`);
}

describe('settings of the server', () => {
  const caller: Principal = {
    userId: 'u',
    username: 'ada',
    role: 'admin',
    permissions: [],
    via: 'jwt',
  };

  it('are the defaults until they are changed, field by field, and again when they are put back', async () => {
    const settings = server.app.get(RuntimeSettings);
    expect(await settings.get(LAMP)).toEqual({ place: 'kitchen', watts: 5, token: '' });
    expect(await settings.change(LAMP, { watts: 7 }, { caller })).toMatchObject({ watts: 7 });
    await settings.change(LAMP, { place: 'hall' }, { caller });
    expect(await settings.get(LAMP)).toEqual({ place: 'hall', watts: 7, token: '' });
    await settings.change(LAMP, { watts: null }, { caller });
    expect(await settings.get(LAMP)).toEqual({ place: 'hall', watts: 5, token: '' });
  });

  it('both count when they are changed at the same time', async () => {
    const settings = server.app.get(RuntimeSettings);
    await Promise.all([
      settings.change(LAMP, { watts: 7 }, { caller }),
      settings.change(LAMP, { place: 'hall' }, { caller }),
    ]);
    expect(await settings.get(LAMP)).toMatchObject({ place: 'hall', watts: 7 });
  });

  it('are in the audit log when they are otherwise than before, secrets masked', async () => {
    const settings = server.app.get(RuntimeSettings);
    await settings.change(LAMP, { watts: 7, place: 'kitchen', token: 'sk-1' }, { caller });
    await settings.change(LAMP, { watts: 7 }, { caller });
    const deeds = await deedsOf('settings.changed');
    expect(deeds).toHaveLength(1);
    expect(deeds[0]?.actorName).toBe('ada');
    expect(JSON.parse(deeds[0]?.details ?? '')).toEqual({ watts: 7, token: MASK });
  });

  it('keep a secret so that the database does not show it', async () => {
    const settings = server.app.get(RuntimeSettings);
    await settings.change(LAMP, { token: 'sk-very-secret' }, { caller });
    expect(await settings.get(LAMP)).toMatchObject({ token: 'sk-very-secret' });
    expect(JSON.stringify(await rows('settings'))).not.toContain('sk-very-secret');
  });

  it('pass over a field that an older version kept otherwise', async () => {
    const settings = server.app.get(RuntimeSettings);
    await settings.change(LAMP, { watts: 7 }, { caller });
    await server.app
      .get(DataSource)
      .query(`UPDATE "settings" SET "value" = '{"watts":"bright","place":"hall","gone":1}'`);
    expect(await settings.get(LAMP)).toEqual({ place: 'hall', watts: 5, token: '' });
  });
});

describe('settings of the server, after a restart', () => {
  it('are there; a secret is not set where its key is another', async () => {
    const folder = await temporaryFolder();
    const first = await createTestApp({ dataDir: folder.path });
    await first.app
      .get(RuntimeSettings)
      .change(LAMP, { watts: 7, token: 'sk-1' }, { caller: undefined });
    await first.close();

    const second = await createTestApp({ dataDir: folder.path });
    expect(await second.app.get(RuntimeSettings).get(LAMP)).toMatchObject({
      watts: 7,
      token: 'sk-1',
    });
    await second.close();

    writeFileSync(join(folder.path, 'settings-key'), Buffer.alloc(32, 1).toString('base64'));
    const third = await createTestApp({ dataDir: folder.path });
    expect(await third.app.get(RuntimeSettings).get(LAMP)).toMatchObject({ watts: 7, token: '' });
    await third.close();
    await folder.remove();
  });
});

describe('settings of a user', () => {
  let ann: string;
  let ben: string;
  let settings: UserSettings;

  beforeEach(async () => {
    ann = await addUser(server.app, 'ann', 'user');
    ben = await addUser(server.app, 'ben', 'user');
    settings = server.app.get(UserSettings);
  });

  it('are nothing until they are set, and of one user alone', async () => {
    expect(await settings.get(ann, 'ui.theme')).toBeUndefined();
    await settings.set(ann, 'ui.theme', { dark: true });
    expect(await settings.get(ann, 'ui.theme')).toEqual({ dark: true });
    expect(await settings.get(ben, 'ui.theme')).toBeUndefined();
    expect(await settings.delete(ben, 'ui.theme')).toBe(false);
    expect(await settings.delete(ann, 'ui.theme')).toBe(true);
    expect(await settings.get(ann, 'ui.theme')).toBeUndefined();
  });

  it('lose no change when many are made at the same time', async () => {
    const add = (): Promise<number> =>
      settings.change<number>(ann, 'ui.count', (now = 0) => now + 1);
    await Promise.all(Array.from({ length: 20 }, add));
    expect(await settings.get(ann, 'ui.count')).toBe(20);
  });

  it('stay as they are where the new value cannot be made', async () => {
    await settings.set(ann, 'ui.theme', 'dark');
    const change = settings.change(ann, 'ui.theme', () => {
      throw new Error('no such theme');
    });
    await expect(change).rejects.toThrow('no such theme');
    expect(await settings.get(ann, 'ui.theme')).toBe('dark');
  });

  it('are bounded, one by one and together', async () => {
    const large = 'x'.repeat(250_000);
    await expect(settings.set(ann, 'ui.huge', `${large}${large}`)).rejects.toMatchObject({
      code: 'SETTING_TOO_LARGE',
      status: 413,
    });
    for (let index = 0; index < 8; index += 1) await settings.set(ann, `ui.${index}`, large);
    await expect(settings.set(ann, 'ui.8', large)).rejects.toMatchObject({
      code: 'SETTINGS_FULL',
      status: 409,
    });
    await settings.set(ann, 'ui.7', large.slice(1));
    await settings.set(ben, 'ui.8', large);
  });

  it('are refused under a name that is none', async () => {
    await expect(settings.set(ann, '../ui', 1)).rejects.toThrow('no name');
    await expect(settings.get(ann, '')).rejects.toThrow('no name');
  });

  it('go with the user', async () => {
    await settings.set(ann, 'ui.theme', 'dark');
    await settings.set(ben, 'ui.theme', 'light');
    const token = await tokenOf(server.app);
    const { status } = await send(server.app, 'DELETE', `/api/users/${ann}`, bearer(token));
    expect(status).toBe(200);
    expect((await rows('user_settings')).map(({ userId }) => userId)).toEqual([ben]);
  });
});
