import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { messageOf } from '../common/index.js';
import { EventBus } from '../events/index.js';
import {
  RuntimeSettings,
  type SettingActor,
  type SettingChanges,
  type SettingGroup,
} from '../settings/index.js';
import { Residency, type Resident } from './residency.js';

/** For what models are in memory. */
export const MODEL_USES = ['drawing', 'enlarging'] as const;

export type ModelUse = (typeof MODEL_USES)[number];

/** Whether, and after how many minutes, models are unloaded that nobody uses. */
export interface IdleSettings {
  drawing: boolean;
  drawingMinutes: number;
  enlarging: boolean;
  enlargingMinutes: number;
}

/** Minutes where the configuration sets none. */
const USUAL_MINUTES = 30;

const GROUP: SettingGroup<IdleSettings> = {
  name: 'models.idle',
  defaults: ({ models }) => {
    const on = models.idleMinutes > 0;
    const minutes = models.idleMinutes || USUAL_MINUTES;
    return { drawing: on, drawingMinutes: minutes, enlarging: on, enlargingMinutes: minutes };
  },
};

const EVERY_MS = 15_000;
const MINUTE_MS = 60_000;

function useOf({ model }: Resident): ModelUse {
  return model.type === 'esrgan' ? 'enlarging' : 'drawing';
}

/** Unloads models that nobody has used for a while, so that their memory is free for others. */
@Injectable()
export class IdleModels implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(IdleModels.name);
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> = Promise.resolve();

  constructor(
    private readonly residency: Residency,
    private readonly settings: RuntimeSettings,
    private readonly events: EventBus,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.sweeping = this.sweeping.then(() => this.sweepSafely());
    }, EVERY_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.sweeping;
  }

  /** What counts now. */
  rules(): Promise<IdleSettings> {
    return this.settings.get(GROUP);
  }

  /** Changes some of it; whether the caller may is the route's business. */
  change(changes: SettingChanges<IdleSettings>, actor: SettingActor): Promise<IdleSettings> {
    return this.settings.change(GROUP, changes, actor);
  }

  /** When a model for each use was last used; null where there is none in memory. */
  async lastUse(): Promise<Record<ModelUse, Date | null>> {
    const loaded = await this.residency.loaded();
    const latest = (use: ModelUse): Date | null => {
      const moments = loaded.filter((one) => useOf(one) === use).map(({ usedAt }) => usedAt);
      return moments.toSorted((a, b) => b.getTime() - a.getTime())[0] ?? null;
    };
    return { drawing: latest('drawing'), enlarging: latest('enlarging') };
  }

  /** Unloads what has been idle for long enough. @returns how many models */
  async sweep(now = new Date()): Promise<number> {
    const rules = await this.rules();
    let count = 0;
    for (const use of MODEL_USES) {
      if (!rules[use]) continue;
      const since = new Date(now.getTime() - rules[`${use}Minutes`] * MINUTE_MS);
      const idle = await this.residency.unloadIdle((one) => useOf(one) === use, since);
      for (const { model, usedAt } of idle) this.told(model, use, now.getTime() - usedAt.getTime());
      count += idle.length;
    }
    return count;
  }

  private told({ id, name }: Resident['model'], use: ModelUse, idleMs: number): void {
    const idleSeconds = Math.round(idleMs / 1000);
    this.logger.log(`Unloaded "${name}", which nobody used for ${idleSeconds} s`);
    this.events.emit('model.idle', { id, name, use, idleSeconds });
  }

  private async sweepSafely(): Promise<void> {
    try {
      await this.sweep();
    } catch (error) {
      this.logger.warn(`Idle models could not be unloaded: ${messageOf(error)}`);
    }
  }
}
