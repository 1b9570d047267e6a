import { watch, type FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';
import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { messageOf } from '../common/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { ModelRegistry } from './model-registry.js';
import { EMBEDDED, isInside } from './places.js';

/** Quiet for so long, in milliseconds, before the disk is looked at: a copy makes a change at every block. */
const QUIET_MS = 1000;

/** But no later than so many milliseconds after the first change. */
const LATEST_MS = 30_000;

/** The most folders that are watched: each takes a little of what the system has for this. */
const MAX_FOLDERS = 4096;

/** By folder, the names in it that matter; null: all of them. */
type WantedNames = Map<string, Set<string> | null>;

/** The folders with models; and of a folder that is not there yet, the one in which it would appear. */
function wantedNames(there: readonly string[], missing: readonly string[]): WantedNames {
  const wanted: WantedNames = new Map();
  for (const folder of missing) {
    const names = wanted.get(dirname(folder)) ?? new Set();
    wanted.set(dirname(folder), names.add(basename(folder)));
  }
  for (const folder of there) {
    if (folder !== EMBEDDED && !isInside(EMBEDDED, folder)) wanted.set(folder, null);
  }
  return wanted;
}

/**
 * Looks at the disk again when something changed in a models folder. Folders are watched and not files,
 * so that ten thousand models cost no more than the few folders they lie in.
 */
@Injectable()
export class ModelWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(ModelWatch.name);
  private readonly watchers = new Map<string, FSWatcher>();
  private wanted: WantedNames = new Map();
  private timer: NodeJS.Timeout | undefined;
  private firstChange: number | undefined;
  private stopped = false;
  private work: Promise<void> = Promise.resolve();

  constructor(
    private readonly registry: ModelRegistry,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Begins once the first look at the disk is done; the start does not wait for it. */
  onApplicationBootstrap(): void {
    if (this.config.models.watch) this.work = this.watchFolders();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    for (const watcher of this.watchers.values()) watcher.close();
    await this.work;
  }

  private async watchFolders(): Promise<void> {
    try {
      const { there, missing } = await this.registry.folders();
      if (this.stopped) return;
      this.wanted = wantedNames(there, missing);
      for (const [folder, watcher] of this.watchers) {
        if (this.wanted.has(folder)) continue;
        watcher.close();
        this.watchers.delete(folder);
      }
      for (const folder of this.wanted.keys()) this.add(folder);
    } catch (error) {
      this.logger.warn(`The models folders are not watched: ${messageOf(error)}`);
    }
  }

  private add(folder: string): void {
    if (this.watchers.has(folder) || this.watchers.size >= MAX_FOLDERS) return;
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        const names = this.wanted.get(folder);
        if (!names || (name !== null && names.has(name))) this.onChange();
      });
      watcher.on('error', (error) => this.onFault(folder, error));
      this.watchers.set(folder, watcher);
    } catch (error) {
      // A folder that is to hold a missing one may be missing itself.
      if (!this.wanted.get(folder)) this.onFault(folder, error);
    }
  }

  private onFault(folder: string, error: unknown): void {
    this.watchers.get(folder)?.close();
    this.watchers.delete(folder);
    this.logger.warn(`Changes in ${folder} are not noticed: ${messageOf(error)}`);
  }

  private onChange(): void {
    if (this.stopped) return;
    const now = performance.now();
    this.firstChange ??= now;
    clearTimeout(this.timer);
    const wait = Math.min(QUIET_MS, Math.max(0, this.firstChange + LATEST_MS - now));
    this.timer = setTimeout(() => {
      this.firstChange = undefined;
      this.work = this.lookAgain();
    }, wait).unref();
  }

  private async lookAgain(): Promise<void> {
    try {
      await this.registry.refresh();
    } catch (error) {
      this.logger.warn(`The models folders could not be looked at: ${messageOf(error)}`);
    }
    await this.watchFolders();
  }
}
