import { TrustedClock } from '../../storage/index.js';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { messageOf } from '../../common/index.js';
import { CONFIG, type Config } from '../../config/index.js';
import { ModelRegistry } from '../model-registry.js';
import { EMBEDDED, isInside } from '../places.js';
import { PartFile, readPartState } from './part-file.js';
import { isUnfinishedName } from './unfinished-name.js';

const DAY_MS = 86_400_000;

/** Days for which an unfinished download can be gone on with. */
const DOWNLOAD_DAYS = 7;

/** Where the state of unfinished downloads is written down. */
export function downloadStates({ storage }: Config): string {
  return join(storage.dataDir, 'downloads');
}

/** At the start, removes what earlier runs began in the models folders and nobody came back for. */
@Injectable()
export class Leftovers implements OnApplicationBootstrap {
  private readonly logger = new Logger('Leftovers');

  constructor(
    private readonly registry: ModelRegistry,
    @Inject(CONFIG) private readonly config: Config,
    private readonly clock: TrustedClock,
  ) {}

  /** The start does not wait for it. */
  onApplicationBootstrap(): void {
    void this.remove().catch((error: unknown) => {
      this.logger.warn(`Could not look for unfinished files: ${messageOf(error)}`);
    });
  }

  async remove(): Promise<void> {
    await this.removeDownloads();
    const { there } = await this.registry.folders();
    for (const folder of there) {
      const isOurs = folder !== EMBEDDED && !isInside(EMBEDDED, folder);
      if (isOurs) await this.removeUnfinished(folder);
    }
  }

  private async removeDownloads(): Promise<void> {
    const folder = downloadStates(this.config);
    const names = await readdir(folder).catch(() => []);
    for (const stateFile of names.map((name) => join(folder, name))) {
      if (!(await this.isOlder(stateFile, DOWNLOAD_DAYS))) continue;
      const state = await readPartState(stateFile);
      if (state) await PartFile.discard({ path: state.path, stateFile });
      else await rm(stateFile, { force: true });
    }
  }

  private async removeUnfinished(folder: string): Promise<void> {
    const names = await readdir(folder).catch(() => []);
    for (const name of names.filter(isUnfinishedName)) {
      // Another server may share the folder, and be writing this one.
      if (await this.isOlder(join(folder, name), 1)) await rm(join(folder, name), { force: true });
    }
  }

  private async isOlder(path: string, days: number): Promise<boolean> {
    const found = await stat(path).catch(() => undefined);
    return found !== undefined && found.mtimeMs < this.clock.now() - days * DAY_MS;
  }
}
