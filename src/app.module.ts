import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from './auth/index.js';
import { BodiesModule } from './bodies/index.js';
import { ConfigModule, databaseOptions, type Config } from './config/index.js';
import { ConnectionsModule } from './connections/index.js';
import { DIALECTS, ListenersModule } from './dialects/index.js';
import { EngineModule, type EngineOverrides } from './engine/index.js';
import { EventsModule } from './events/index.js';
import { FilesModule } from './files/index.js';
import { GenerateModule } from './generate/index.js';
import { ModelsModule } from './models/index.js';
import { QueueModule } from './queue/index.js';
import { RealtimeModule } from './realtime/index.js';
import { SettingsModule } from './settings/index.js';
import { StorageModule } from './storage/index.js';
import { SystemModule, type SystemParts } from './system/index.js';
import { TextModule } from './text/index.js';
import { WebModule } from './web/index.js';

/** What a server may have otherwise than configured. */
export interface AppParts extends EngineOverrides, SystemParts {}

@Module({})
export class AppModule {
  /** The whole house for one configuration. */
  static with(config: Config, { restart, log, ...overrides }: AppParts = {}): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.with(config),
        EventsModule,
        StorageModule,
        ConnectionsModule,
        TypeOrmModule.forRoot({
          ...databaseOptions(config),
          autoLoadEntities: true,
          // A file that cannot be opened now cannot be opened in half a minute either.
          retryAttempts: 1,
        }),
        AuthModule,
        BodiesModule,
        SettingsModule,
        EngineModule.with(overrides),
        QueueModule,
        FilesModule,
        ModelsModule,
        GenerateModule,
        TextModule,
        RealtimeModule,
        ...DIALECTS.map(({ module }) => module),
        ListenersModule.for(DIALECTS),
        SystemModule.with({ restart, log }),
        WebModule,
      ],
    };
  }
}
