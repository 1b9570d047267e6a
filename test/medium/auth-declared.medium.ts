import { Controller, Get, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AuthModule, Caller, Needs, Public, User, type Principal } from '../../src/auth/index.js';
import { ErrorFilter } from '../../src/common/index.js';
import { ConfigModule, databaseOptions, loadConfig } from '../../src/config/index.js';
import { ConnectionsModule } from '../../src/connections/index.js';
import { EngineModule, FakeEngine } from '../../src/engine/index.js';
import { EventsModule } from '../../src/events/index.js';
import { StorageModule } from '../../src/storage/index.js';
import { ADMIN_PASSWORD } from '../support/app.js';
import { bearer, tokenOf } from '../support/auth.js';
import { temporaryFolder, type TemporaryFolder } from '../support/folder.js';

let folder: TemporaryFolder;
let app: NestFastifyApplication;

beforeEach(async () => {
  folder = await temporaryFolder();
});

afterEach(async () => {
  await app.close();
  await folder.remove();
});

/** The house's door, with one controller behind it. */
async function boot(controller: Type): Promise<void> {
  const config = loadConfig({
    ATELIER_DATA_DIR: folder.path,
    ATELIER_ADMIN_PASSWORD: ADMIN_PASSWORD,
  });
  @Module({
    imports: [
      ConfigModule.with(config),
      EventsModule,
      StorageModule,
      ConnectionsModule,
      TypeOrmModule.forRoot({ ...databaseOptions(config), autoLoadEntities: true }),
      AuthModule,
      EngineModule.with({ engine: FakeEngine.instant() }),
    ],
    controllers: [controller],
  })
  class Door {}
  app = await NestFactory.create<NestFastifyApplication>(Door, new FastifyAdapter(), {
    logger: false,
    abortOnError: false,
  });
  app.useGlobalFilters(new ErrorFilter());
  await app.init();
}

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
    await expect(boot(CarelessController)).rejects.toThrow(
      'These handlers declare neither @Needs nor @Public: CarelessController.forgotten',
    );
  });

  it('that is public takes a good credential and ignores a bad one', async () => {
    await boot(CarefulController);
    const token = await tokenOf(app);
    const names = await Promise.all(
      [{}, bearer(token), bearer('garbage'), { authorization: 'Basic YTpi' }].map(async (headers) =>
        (await app.inject({ url: '/careful/open', headers })).json<{ name: string }>(),
      ),
    );
    expect(names.map(({ name }) => name)).toEqual(['stranger', 'admin', 'stranger', 'stranger']);
  });

  it('that needs a permission refuses whose role lacks it, by name', async () => {
    await boot(CarefulController);
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
