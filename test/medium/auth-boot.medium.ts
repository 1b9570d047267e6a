import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Controller, Get } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DataSource } from 'typeorm';
import { Caller, Needs, Public, User, type Principal } from '../../src/auth/index.js';
import {
  ADMIN_PASSWORD,
  bearer,
  bootAuth,
  login,
  temporaryFolder,
  tokenOf,
} from '../support/auth.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let apps: NestFastifyApplication[];

beforeEach(async () => {
  folder = await temporaryFolder();
  apps = [];
});

afterEach(async () => {
  await Promise.all(apps.map((app) => app.close()));
  await folder.remove();
});

async function boot(
  ...options: Parameters<typeof bootAuth> extends [string, ...infer Rest] ? Rest : never
) {
  const app = await bootAuth(folder.path, ...options);
  apps.push(app);
  return app;
}

describe('the first start', () => {
  it('creates the administrator with the configured password, and does not print it', async () => {
    const write = vi.spyOn(process.stdout, 'write');
    const app = await boot();
    expect(write.mock.calls.join('')).not.toContain(ADMIN_PASSWORD);
    expect((await login(app, 'admin')).status).toBe(200);
  });

  it('makes up a password without one, shows it with the way in, and never again', async () => {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const app = await boot({ ATELIER_PORT: '7777' });
    const shown = write.mock.calls.join('');
    const [, password] = /password +(\S+)/.exec(shown) ?? [];
    expect(shown).toContain('http://localhost:7777/api/auth/login');
    expect((await login(app, 'admin', password)).status).toBe(200);
    write.mockClear();
    await boot({ ATELIER_PORT: '7777' });
    expect(write).not.toHaveBeenCalled();
  });

  it('keeps the password out of the database and the signing key to its owner', async () => {
    await boot();
    const database = await readFile(join(folder.path, 'atelier.db'));
    const log = await readFile(join(folder.path, 'atelier.db-wal'));
    expect(Buffer.concat([database, log]).includes(ADMIN_PASSWORD)).toBe(false);
    expect((await stat(join(folder.path, 'jwt-secret'))).mode & 0o777).toBe(0o600);
  });
});

describe('a later start', () => {
  it('leaves the administrator as they are, whatever the configuration says now', async () => {
    const first = await boot();
    const before = await first.get(DataSource).getRepository(User).find();
    const second = await boot({ ATELIER_ADMIN_PASSWORD: 'another password' });
    expect(await second.get(DataSource).getRepository(User).find()).toEqual(before);
    expect((await login(second, 'admin', 'another password')).status).toBe(401);
    expect((await login(second, 'admin')).status).toBe(200);
  });

  it('still knows the tokens given out before', async () => {
    const first = await boot();
    const token = await tokenOf(first);
    const second = await boot();
    const reply = await second.inject({ url: '/api/auth/me', headers: bearer(token) });
    expect(reply.statusCode).toBe(200);
  });

  it('with another key knows none of them, while the first server in the same process does', async () => {
    const first = await boot();
    const token = await tokenOf(first);
    const second = await boot({ ATELIER_JWT_SECRET: 'a key that signed nothing yet' });
    expect((await second.inject({ url: '/api/auth/me', headers: bearer(token) })).statusCode).toBe(
      401,
    );
    expect((await first.inject({ url: '/api/auth/me', headers: bearer(token) })).statusCode).toBe(
      200,
    );
  });
});

describe('the database', () => {
  it('is by its migrations what the entities expect', async () => {
    const app = await boot();
    const { upQueries } = await app.get(DataSource).driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('can be taken back to nothing', async () => {
    const source = (await boot()).get(DataSource);
    for (const _ of source.migrations) await source.undoLastMigration();
    const tables = (await source.query(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    )) as object[];
    expect(tables).toEqual([{ name: 'migrations' }]);
  });
});

@Controller('careless')
class CarelessController {
  @Get('declared')
  @Public()
  declared(): void {}

  @Get()
  forgotten(): void {}
}

@Controller('careful')
class CarefulController {
  @Get('open')
  @Public()
  open(@Caller() caller: Principal | undefined): { name: string } {
    return { name: caller?.username ?? 'stranger' };
  }

  @Get('closed')
  @Needs('system:manage')
  closed(): { done: boolean } {
    return { done: true };
  }
}

describe('a handler', () => {
  it('that declares nothing stops the boot, by name', async () => {
    await expect(boot(undefined, [CarelessController])).rejects.toThrow(
      'These handlers declare neither @Needs nor @Public: CarelessController.forgotten',
    );
  });

  it('that is public takes a good credential and ignores a bad one', async () => {
    const app = await boot(undefined, [CarefulController]);
    const token = await tokenOf(app);
    const names = await Promise.all(
      [{}, bearer(token), bearer('garbage'), { authorization: 'Basic YTpi' }].map(async (headers) =>
        (await app.inject({ url: '/careful/open', headers })).json<{ name: string }>(),
      ),
    );
    expect(names.map(({ name }) => name)).toEqual(['stranger', 'admin', 'stranger', 'stranger']);
  });

  it('that needs a permission refuses whose role lacks it, by name', async () => {
    const app = await boot(undefined, [CarefulController]);
    const token = await tokenOf(app);
    const ask = () => app.inject({ url: '/careful/closed', headers: bearer(token) });
    expect((await ask()).json()).toEqual({ done: true });
    await app
      .get(DataSource)
      .getRepository(User)
      .update({ usernameKey: 'admin' }, { role: 'user' });
    const refused = await ask();
    expect(refused.statusCode).toBe(403);
    expect(refused.headers['www-authenticate']).toContain(
      'error="insufficient_scope", scope="system:manage"',
    );
    expect(refused.json()).toMatchObject({
      error: {
        code: 'INSUFFICIENT_PERMISSIONS',
        message: expect.stringContaining('"system:manage"') as string,
      },
    });
  });
});
