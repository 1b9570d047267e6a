import { Logger } from '@nestjs/common';
import { closeFolder, makePrivateFolder, messageOf } from '../common/index.js';
import type { Config } from './settings.config.js';

/**
 * Takes other accounts of the machine their access to the data folder: it holds secrets and everybody's images,
 * and may have been made by somebody who did not know. The server does so, and no command that only looks.
 */
export function closeDataFolder({ storage: { dataDir: path } }: Config): void {
  makePrivateFolder(path);
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
