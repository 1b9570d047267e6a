import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from './auth/index.js';
import { ConfigModule, databaseOptions, type Config } from './config/index.js';
import { EngineModule, type EngineOverrides } from './engine/index.js';
import { EventsModule } from './events/index.js';
import { FilesModule } from './files/index.js';
import { GenerateModule } from './generate/index.js';
import { ModelsModule } from './models/index.js';
import { QueueModule } from './queue/index.js';
import { RealtimeModule } from './realtime/index.js';
import { SystemModule } from './system/index.js';

@Module({})
export class AppModule {
  /** The whole house for one configuration; with what is given instead of the machine's own. */
  static with(config: Config, overrides?: EngineOverrides): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.with(config),
        EventsModule,
        TypeOrmModule.forRoot({ ...databaseOptions(config), autoLoadEntities: true }),
        AuthModule,
        EngineModule.with(overrides),
        QueueModule,
        FilesModule,
        ModelsModule,
        GenerateModule,
        RealtimeModule,
        SystemModule,
      ],
    };
  }
}
