import { Injectable } from '@nestjs/common';
import type { Principal } from '../../auth/index.js';
import { ValidationError } from '../../common/index.js';
import { EventBus } from '../../events/index.js';
import { DRAWABLE_TYPES, ModelsService, type Model, type ModelType } from '../../models/index.js';
import { JobNotFoundError, QueueService } from '../../queue/index.js';
import { UserSettings } from '../../settings/index.js';
import { GenerateService } from '../generate.service.js';
import type { OptionValues } from '../generation-request.js';
import { takes, OPTIONS, type GenerationKind } from '../options/index.js';
import { problemsTogether, readUsual } from '../read-options.js';
import { RequestParts } from '../request-parts.js';
import { ChoiceLoadingError, ModelDamagedError, NothingChosenError } from './choice-errors.js';
import type {
  ChoiceSlot,
  ChosenFor,
  KeptChoice,
  LoadRequest,
  ModelChoice,
  WantedChoice,
} from './choice.js';

/** The kind of job that makes a chosen model ready. */
export const LOAD_KIND = 'load';

/** What loading counts as, in megapixel-steps: a small picture. */
const LOAD_COST = 5;

const TYPES: Record<ChosenFor, readonly ModelType[]> = {
  drawing: DRAWABLE_TYPES,
  enlarging: ['esrgan'],
};

const KINDS: Record<ChosenFor, GenerationKind> = { drawing: 'text2img', enlarging: 'upscale' };

function nameOf({ client, what }: ChoiceSlot): string {
  return `${client}.${what}`;
}

/**
 * The model that each user has chosen to work with, for APIs in which requests name none: choosing is
 * nobody else's business, and a job keeps the model that it was submitted with.
 */
@Injectable()
export class ModelChoices {
  constructor(
    private readonly settings: UserSettings,
    private readonly models: ModelsService,
    private readonly parts: RequestParts,
    private readonly generate: GenerateService,
    private readonly queue: QueueService,
    private readonly events: EventBus,
  ) {}

  /**
   * Keeps a choice, checked as a request is; loads nothing.
   * @throws ModelNotFoundError, ModelDamagedError; ValidationError by the names of the table of options
   */
  async choose(principal: Principal, slot: ChoiceSlot, wanted: WantedChoice): Promise<ModelChoice> {
    await this.settings.set(principal.userId, nameOf(slot), await this.checked(slot.what, wanted));
    return this.of(principal, slot);
  }

  /**
   * Keeps a choice, and queues a job that makes the model ready: it waits its turn as every job does.
   * @returns the id of the job.
   * @throws what {@link choose} does; ChoiceLoadingError, QueueFullError, TooManyJobsError
   */
  async load(principal: Principal, slot: ChoiceSlot, wanted: WantedChoice): Promise<string> {
    const before = await this.of(principal, slot);
    if (before.loading) throw new ChoiceLoadingError(before.name ?? '');
    const { model, options } = await this.checked(slot.what, wanted);
    const request: LoadRequest = { model, what: slot.what, options };
    const jobId = await this.queue.submit(principal, {
      kind: LOAD_KIND,
      title: model.name,
      model: model.name,
      request,
      cost: LOAD_COST,
    });
    await this.settings.set(principal.userId, nameOf(slot), { model, options, jobId });
    return jobId;
  }

  /** What the next request of this user runs on. */
  async of(principal: Principal, slot: ChoiceSlot): Promise<ModelChoice> {
    const kept = await this.settings.get<KeptChoice>(principal.userId, nameOf(slot));
    if (!kept) return this.usual(slot.what);
    const { model: chosen, options } = kept;
    const nothing = { model: null, options: {}, chosen: true, loading: null };
    if (!chosen) return { ...nothing, name: null, problem: null };
    const { name } = chosen;
    const { loading, problem } = await this.loadingOf(principal, kept);
    if (problem !== null) return { ...nothing, name, problem };
    const model = await this.models.findAny(chosen.id).catch(() => null);
    if (!model) return { ...nothing, name, problem: `There is no model "${name}" any more.` };
    return { model, options, chosen: true, name, loading, problem: null };
  }

  /** As {@link of}, where there must be one. @throws NothingChosenError */
  async needed(
    principal: Principal,
    slot: ChoiceSlot,
  ): Promise<{ model: Model; options: OptionValues }> {
    const { model, options, problem } = await this.of(principal, slot);
    if (!model) throw new NothingChosenError(slot.what, problem);
    return { model, options };
  }

  /** From now on there is none; one that is being loaded is no longer waited for. @returns what there was. */
  async clear(principal: Principal, slot: ChoiceSlot): Promise<ModelChoice> {
    const before = await this.of(principal, slot);
    const none: KeptChoice = { model: null, options: {} };
    await this.settings.set(principal.userId, nameOf(slot), none);
    if (before.loading) await this.stop(principal, before.loading.jobId);
    if (before.model) {
      const { id, name } = before.model;
      const { userId } = principal;
      this.events.emit('choice.cleared', { userId, ...slot, model: { id, name } });
    }
    return before;
  }

  /** From now on it is the server's default again. */
  async forget(principal: Principal, slot: ChoiceSlot): Promise<void> {
    await this.settings.delete(principal.userId, nameOf(slot));
  }

  private async checked(
    what: ChosenFor,
    { model: name, types = TYPES[what], options: wanted = {} }: WantedChoice,
  ): Promise<KeptChoice & { model: { id: string; name: string } }> {
    const model = await this.models.find(name, types);
    if (model.problem !== null) throw new ModelDamagedError(model.name, model.problem);
    const { given: options, problems } = readUsual(
      KINDS[what],
      wanted,
      await this.generate.context(),
    );
    problems.push(...problemsTogether(KINDS[what], options));
    if (problems.length > 0) throw new ValidationError(problems);
    await this.parts.resolve(options, model);
    return { model: { id: model.id, name: model.name }, options };
  }

  private async usual(what: ChosenFor): Promise<ModelChoice> {
    const found = what === 'drawing' ? this.models.find('') : this.generate.model('upscale', '');
    const model = await found.catch(() => null);
    const name = model?.name ?? null;
    return { model, options: {}, chosen: false, name, loading: null, problem: null };
  }

  private async loadingOf(
    principal: Principal,
    { jobId }: KeptChoice,
  ): Promise<Pick<ModelChoice, 'loading' | 'problem'>> {
    const job = jobId === undefined ? null : await this.jobOf(principal, jobId);
    if (!job || job.status === 'completed') return { loading: null, problem: null };
    if (job.status === 'failed' || job.status === 'cancelled')
      return { loading: null, problem: job.error?.message ?? 'Loading it was cancelled.' };
    const { current_step: step, total_steps: totalSteps } = job;
    return { loading: { jobId: job.id, step, totalSteps }, problem: null };
  }

  /** Null for a job that is no longer known: it has ended long ago. */
  private async jobOf(principal: Principal, id: string) {
    return this.queue.job(principal, id).catch((error: unknown) => {
      if (error instanceof JobNotFoundError) return null;
      throw error;
    });
  }

  private async stop(principal: Principal, jobId: string): Promise<void> {
    // It may end by itself in this moment.
    await this.queue.cancel(principal, jobId).catch(() => undefined);
  }
}

/** Those of the chosen options that requests of this kind take. */
export function usualFor(kind: GenerationKind, options: OptionValues): OptionValues {
  return Object.fromEntries(
    Object.entries(options).filter(([name]) => {
      const option = OPTIONS[name];
      return option && takes(kind, option);
    }),
  );
}
