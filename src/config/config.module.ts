import { Logger, Module, type DynamicModule } from '@nestjs/common';
import { closeFolder, makePrivateFolder, messageOf } from '../common/index.js';
import type { Config } from './settings.config.js';

/** Injection token of the effective {@link Config}. */
export const CONFIG = Symbol('config');

/** It holds secrets and everybody's images, and may have been made by somebody who did not know. */
function closeDataFolder(path: string): void {
  const logger = new Logger('Config');
  try {
    if (closeFolder(path))
      logger.warn(`Other accounts could enter the data folder ${path}; now they cannot.`);
  } catch (error) {
    logger.warn(
      `Other accounts may enter the data folder ${path}, which holds secrets, and that cannot be changed (${messageOf(error)}). Give it to the account of the server, or run "chmod 700 ${path}".`,
    );
  }
}

@Module({})
export class ConfigModule {
  /** Makes the configuration known to every room, and its folders exist. */
  static with(config: Config): DynamicModule {
    makePrivateFolder(config.storage.dataDir);
    closeDataFolder(config.storage.dataDir);
    makePrivateFolder(config.storage.outputDir);
    return {
      module: ConfigModule,
      global: true,
      providers: [{ provide: CONFIG, useValue: config }],
      exports: [CONFIG],
    };
  }
}
