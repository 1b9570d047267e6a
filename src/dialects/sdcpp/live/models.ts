import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../auth/index.js';
import { readBuildInfo, VERSION } from '../../../common/index.js';
import type { EventMap, JobUpdate } from '../../../events/index.js';
import { LOAD_KIND, UpscalerFactors, type ChoiceSlot } from '../../../generate/index.js';
import { ModelsService } from '../../../models/index.js';
import type { JobDetails } from '../../../queue/index.js';
import { architectureNameOf } from '../models/architectures.js';
import { DRAWING, SdcppLoaded } from '../models/choice.js';
import { nameOf } from '../models/names.js';
import { eventOf, loading, type LiveEvent } from './events.js';

function whatOf({ parameters }: JobDetails): ChoiceSlot['what'] {
  const { what } = (parameters ?? {}) as { what?: ChoiceSlot['what'] };
  return what ?? 'drawing';
}

function modelIdOf({ parameters }: JobDetails): string {
  const { model } = (parameters ?? {}) as { model?: { id: string } };
  return model?.id ?? '';
}

/** What becomes of the models that users have chosen. */
@Injectable()
export class SdcppLiveModels {
  private readonly build = readBuildInfo();

  constructor(
    private readonly loaded: SdcppLoaded,
    private readonly factors: UpscalerFactors,
    private readonly models: ModelsService,
  ) {}

  /** Whether a job loads a chosen model. */
  isLoad({ kind }: Pick<JobDetails, 'kind'>): boolean {
    return kind === LOAD_KIND;
  }

  /** What a user is told of the server. */
  async status(principal: Principal): Promise<object> {
    const [{ commit }, model, upscaler] = await Promise.all([
      this.build,
      this.loaded.model(principal),
      this.loaded.upscaler(principal),
    ]);
    return { version: VERSION, git_commit: commit.short, ...model, ...upscaler };
  }

  /** What is told when a job that loads a model comes into another state. */
  async moved(job: JobDetails, update: JobUpdate): Promise<LiveEvent[]> {
    if (update.status === 'queued') return [];
    if (update.status === 'processing') return [loading(job, update)];
    if (update.status !== 'completed') return [failed(job, update)];
    const model = await this.models.findAny(modelIdOf(job));
    const model_name = nameOf(model);
    if (whatOf(job) === 'enlarging') {
      const upscale_factor = this.factors.of(model) ?? 1;
      return [eventOf('upscaler_loaded', { model_name, upscale_factor })];
    }
    const model_architecture = architectureNameOf(model);
    return [eventOf('model_loaded', { model_name, model_type: model.type, model_architecture })];
  }

  /** What is told when a user has no model chosen any more; nothing where that was in another API. */
  async cleared({ client, what, model }: EventMap['choice.cleared']): Promise<LiveEvent[]> {
    if (client !== DRAWING.client) return [];
    const known = await this.models.findAny(model.id).catch(() => undefined);
    const name = what === 'drawing' ? 'model_unloaded' : 'upscaler_unloaded';
    return [eventOf(name, { model_name: known ? nameOf(known) : model.name })];
  }

  progress(job: JobDetails, update: JobUpdate): LiveEvent {
    return loading(job, update);
  }
}

function failed(job: JobDetails, { error }: JobUpdate): LiveEvent {
  const why = error?.message ?? 'Loading it was cancelled.';
  return eventOf('model_load_failed', { model_name: job.prompt, error: why });
}
