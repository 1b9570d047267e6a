import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../auth/index.js';
import {
  AppError,
  ConflictError,
  InvalidParametersError,
  ValidationError,
} from '../../../common/index.js';
import { ModelChoices, NothingChosenError, type ChoiceSlot } from '../../../generate/index.js';
import type { Model, ModelType } from '../../../models/index.js';
import { JobEnds, QueueService } from '../../../queue/index.js';
import { inOurWords, isObject, namesByOption, translate, type Fields } from '../../fields.js';
import { DRAWING, ENLARGING, typesOfComponent } from './choice.js';
import { COMPONENTS, LOAD_OPTIONS } from './load-fields.js';
import { nameOf, SdcppNames } from './names.js';

/** Seconds after which an answer no longer waits for its model, where the client does not say. */
const PATIENCE = 600;

const OUR_NAMES = {
  ...namesByOption(LOAD_OPTIONS, 'options.'),
  ...namesByOption(COMPONENTS),
};

/** Something that is loaded for a user. */
interface Loadable {
  slot: ChoiceSlot;
  /** What this API calls the core's options. */
  names: Record<string, string>;
}

const MODEL: Loadable = { slot: DRAWING, names: OUR_NAMES };

/** How an upscaler is loaded. */
export const UPSCALER_FIELDS: Fields = {
  n_threads: { label: 'Threads', to: 'n_threads', idle: [-1, 0] },
  tile_size: { label: 'Side of a tile in pixels', to: 'tile_size' },
};

const UPSCALER: Loadable = { slot: ENLARGING, names: namesByOption(UPSCALER_FIELDS) };

/** The likelier type first: a name may be that of two models. */
const ORDERS: Readonly<Record<string, readonly ModelType[]>> = {
  checkpoint: ['checkpoint', 'diffusion'],
  diffusion: ['diffusion', 'checkpoint'],
};

/** 504: the model is still being loaded; nothing is lost. */
export class LoadTimeoutError extends AppError {
  constructor(name: string) {
    super('LOAD_TIMEOUT', 504, `"${name}" is still being loaded: ask /health how far it is.`, {
      logLevel: 'info',
    });
  }
}

/** How long an answer waits for its model. */
export interface Patience {
  /** Seconds. */
  timeout: number | undefined;
  /** Aborted when the client no longer waits. */
  signal: AbortSignal;
}

/** A model that is being loaded. */
export interface Started {
  jobId: string;
  /** As this API names it. */
  name: string;
  type: ModelType;
}

function typesOf(type: unknown): readonly ModelType[] {
  const types = typeof type === 'string' ? ORDERS[type] : undefined;
  if (types) return types;
  const message = 'model_type must be "checkpoint" or "diffusion".';
  throw new ValidationError([{ field: 'model_type', message }]);
}

function missing(field: string): InvalidParametersError {
  return new InvalidParametersError(`${field} is required`);
}

function textIn(body: Record<string, unknown>, field: string): string {
  const value = body[field];
  if (value === undefined || value === null || value === '') throw missing(field);
  if (typeof value === 'string' && value.length <= 1000) return value;
  throw new ValidationError([{ field, message: `${field} must be the name of a model.` }]);
}

/** Loads models for one user at a time: each has their own, and loading waits its turn in the queue. */
@Injectable()
export class SdcppLoading {
  constructor(
    private readonly choices: ModelChoices,
    private readonly names: SdcppNames,
    private readonly queue: QueueService,
    private readonly ends: JobEnds,
  ) {}

  /** @throws ModelNotFoundError, ChoiceLoadingError, ValidationError by the names of this API */
  async model(caller: Principal, body: unknown): Promise<Started> {
    if (!isObject(body)) throw new InvalidParametersError('The body must be a JSON object.');
    const { model_name: _name, model_type: type, options = {}, ...parts } = body;
    const name = textIn(body, 'model_name');
    const types = typesOf(type ?? 'checkpoint');
    const components = translate(COMPONENTS, parts);
    const ways = translate(LOAD_OPTIONS, this.optionsIn(options), 'options.');
    const problems = [...components.problems, ...ways.problems];
    if (problems.length > 0) throw new ValidationError(problems);
    const model = await this.names.find(name, types);
    const named = await this.named(components.options);
    return this.start(caller, MODEL, model, { ...ways.options, ...named });
  }

  /** @throws ModelNotFoundError, ChoiceLoadingError, ValidationError by the names of this API */
  async upscaler(caller: Principal, body: unknown): Promise<Started> {
    if (!isObject(body)) throw new InvalidParametersError('The body must be a JSON object.');
    const { model_name: _name, ...rest } = body;
    const name = textIn(body, 'model_name');
    const { options, problems } = translate(UPSCALER_FIELDS, rest);
    if (problems.length > 0) throw new ValidationError(problems);
    const model = await this.names.find(name, ['esrgan']);
    return this.start(caller, UPSCALER, model, options);
  }

  /** Loads the same model again, with this ControlNet or without one. */
  async controlNet(caller: Principal, name: string | null): Promise<Started> {
    const { model, options, problem } = await this.choices.of(caller, DRAWING);
    if (!model)
      throw new ConflictError(
        new NothingChosenError('drawing', problem).message,
        'NO_MODEL_LOADED',
      );
    const { control_net: _before, ...others } = options;
    const given = name === null ? {} : await this.named({ control_net: name });
    return this.start(caller, MODEL, model, { ...others, ...given });
  }

  /** Waits for a model that is being loaded. @throws why it could not be; LoadTimeoutError */
  async waitFor(caller: Principal, { jobId, name }: Started, patience: Patience): Promise<void> {
    const timeout = AbortSignal.timeout((patience.timeout ?? PATIENCE) * 1000);
    const ended = await this.ends.wait(jobId, AbortSignal.any([timeout, patience.signal]));
    if (!ended) throw new LoadTimeoutError(name);
    const { status, error } = await this.queue.job(caller, jobId);
    if (status === 'completed') return;
    if (status === 'cancelled')
      throw new ConflictError(`The loading of "${name}" was cancelled.`, 'LOAD_CANCELLED');
    throw new AppError(error?.code ?? 'MODEL_LOAD_FAILED', 500, error?.message ?? 'It failed.', {
      logLevel: 'warn',
    });
  }

  private async start(
    caller: Principal,
    { slot, names }: Loadable,
    model: Model,
    options: Record<string, unknown>,
  ): Promise<Started> {
    const wanted = { model: model.id, options };
    const jobId = await inOurWords(names, () => this.choices.load(caller, slot, wanted));
    return { jobId, name: nameOf(model), type: model.type };
  }

  private optionsIn(options: unknown): Record<string, unknown> {
    if (options === null) return {};
    if (isObject(options)) return options;
    throw new ValidationError([{ field: 'options', message: 'options must be an object.' }]);
  }

  private async named(components: Record<string, unknown>): Promise<Record<string, unknown>> {
    const entries = Object.entries(components).map(async ([option, name]) => {
      if (typeof name !== 'string') return [option, name] as const;
      return [option, await this.names.toCore(name, typesOfComponent(option))] as const;
    });
    return Object.fromEntries(await Promise.all(entries));
  }
}
