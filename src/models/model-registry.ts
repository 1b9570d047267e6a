import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { CONFIG, type Config } from '../config/index.js';
import { EventBus } from '../events/index.js';
import { FileRecords } from './file-records.js';
import { findAmong } from './find-among.js';
import { ModelScanner } from './model-scanner.js';
import type { ModelType } from './model-type.js';
import type { Model } from './model.js';
import { allPlaces, type Place } from './places.js';

/** Looking again for what is not there takes at most this part of the time: one in six. */
const REST_PER_SCAN = 5;

/** As people sort names: neither case nor the number of a number's digits matters. */
const collator = new Intl.Collator('en', { numeric: true });

/** What a look at the disk brought. */
export interface Refreshed {
  /** How many models there are. */
  found: number;
  /** How many of them came, went or changed since the look before. */
  updated: number;
}

interface Looked extends Refreshed {
  models: Model[];
  /** Every folder that was looked into. */
  folders: string[];
}

/** Differs as soon as anything of the model does that a look at the disk can tell. */
function stateOf(model: Model): string {
  return `${model.name}:${model.type}:${model.size}:${model.modifiedAt.getTime()}`;
}

function changesBetween(before: readonly Model[], after: readonly Model[]): number {
  const states = new Map(before.map((model) => [model.id, stateOf(model)]));
  const kept = after.filter((model) => states.get(model.id) === stateOf(model)).length;
  const stayed = after.filter(({ id }) => states.has(id)).length;
  return before.length - stayed + (after.length - kept);
}

/** The list of all models, as the disk was when it was last looked at. */
@Injectable()
export class ModelRegistry {
  private readonly logger = new Logger(ModelRegistry.name);
  private readonly places: Place[];
  /** What is known now; a look that is under way does not hold up who reads it. */
  private latest: Looked | undefined;
  private first: Promise<Looked> | undefined;
  /** The look that has not begun yet. */
  private next: Promise<Looked> | undefined;
  private running: Promise<unknown> = Promise.resolve();
  private told = '';
  private restUntil = 0;

  constructor(
    private readonly scanner: ModelScanner,
    private readonly records: FileRecords,
    private readonly events: EventBus,
    @Inject(CONFIG) config: Config,
  ) {
    this.places = allPlaces(config);
  }

  /** Every model, by name. Looks at the disk on first use. */
  async models(): Promise<readonly Model[]> {
    return (await this.current()).models;
  }

  /** The folders in which models were looked for, and the configured ones that were not there. */
  async folders(): Promise<{ there: readonly string[]; missing: readonly string[] }> {
    const { folders } = await this.current();
    const there = new Set(folders);
    const missing = this.places.map(({ folder }) => folder).filter((one) => !there.has(one));
    return { there: folders, missing };
  }

  /** Looks at the disk again; a look that began before the call does not count. */
  async refresh(): Promise<Refreshed> {
    const { found, updated } = await this.lookAgain();
    return { found, updated };
  }

  /** The same for whoever may only read: they wait, so that the disk is not kept busy for ever. */
  async refreshInTurn(): Promise<void> {
    await pause(Math.max(0, this.restUntil - performance.now()));
    await this.lookAgain();
  }

  /** The model of one of these types that is meant, as far as the last look at the disk knows. */
  async known(wanted: string, types: readonly ModelType[]): Promise<Model | undefined> {
    const hashOf = ({ path }: Model): string | undefined => this.records.sha256(path);
    return findAmong(await this.models(), wanted, types, hashOf);
  }

  /** As {@link known}; one that appeared since the last look is found too. */
  async search(wanted: string, types: readonly ModelType[]): Promise<Model | undefined> {
    const found = await this.known(wanted, types);
    if (found) return found;
    await this.refreshInTurn();
    return this.known(wanted, types);
  }

  private async current(): Promise<Looked> {
    if (this.latest) return this.latest;
    this.first ??= this.lookAgain();
    try {
      return await this.first;
    } finally {
      this.first = undefined;
    }
  }

  private lookAgain(): Promise<Looked> {
    if (this.next) return this.next;
    const next = this.running.then(() => {
      this.next = undefined;
      return this.look();
    });
    this.next = next;
    this.running = next.catch(() => undefined);
    return next;
  }

  private async look(): Promise<Looked> {
    const started = performance.now();
    const { models, folders, problems } = await this.scanner.scan(this.places);
    this.tell(problems);
    models.sort((a, b) => collator.compare(a.name, b.name));
    const updated = changesBetween(this.latest?.models ?? [], models);
    this.latest = { models, folders, found: models.length, updated };
    this.restUntil = performance.now() + (performance.now() - started) * REST_PER_SCAN;
    if (updated > 0) this.events.emit('models.changed', { found: models.length, updated });
    return this.latest;
  }

  /** Each problem once, not at each look. */
  private tell(problems: string[]): void {
    const now = problems.join('\n');
    if (now === this.told) return;
    this.told = now;
    for (const problem of problems) this.logger.warn(`Not used as a model: ${problem}`);
  }
}
