import { Module, type DynamicModule } from '@nestjs/common';
import { makePrivateFolder } from '../common/index.js';
import type { Config } from './settings.config.js';

/** Injection token of the effective {@link Config}. */
export const CONFIG = Symbol('config');

@Module({})
export class ConfigModule {
  /** Makes the configuration known to every room, and its folders exist. */
  static with(config: Config): DynamicModule {
    makePrivateFolder(config.storage.dataDir);
    makePrivateFolder(config.storage.outputDir);
    return {
      module: ConfigModule,
      global: true,
      providers: [{ provide: CONFIG, useValue: config }],
      exports: [CONFIG],
    };
  }
}
