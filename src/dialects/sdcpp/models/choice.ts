import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../auth/index.js';
import { ModelChoices, OPTIONS, type ModelChoice } from '../../../generate/index.js';
import type { Model, ModelType } from '../../../models/index.js';
import { architectureNameOf } from './architectures.js';
import { COMPONENTS, LOAD_OPTIONS } from './load-fields.js';
import { nameOf, SdcppNames } from './names.js';

export const DRAWING = { client: 'sdcpp', what: 'drawing' } as const;
export const ENLARGING = { client: 'sdcpp', what: 'enlarging' } as const;

/** What `loaded_components` always has. */
const SHOWN = ['vae', 'clip_l', 'clip_g', 't5xxl', 'controlnet', 'ip_adapter', 'llm', 'llm_vision'];

/** The core's names of the parts of a model that come in its own files, by the names of this API. */
const OWN_PARTS = {
  vae: 'vae',
  clip_l: 'clipL',
  clip_g: 'clipG',
  t5xxl: 't5xxl',
  llm: 'llm',
  llm_vision: 'llmVision',
  taesd: 'taesd',
} as const;

/** Which model a user has loaded, as this API tells it. */
export interface LoadedModel {
  model_loaded: boolean;
  model_loading: boolean;
  loading_model_name: string | null;
  loading_step: number | null;
  loading_total_steps: number | null;
  last_error: string | null;
  model_name: string | null;
  model_type: string | null;
  model_architecture: string | null;
  loaded_components: Record<string, string | null>;
  load_options: Record<string, unknown>;
}

export interface LoadedUpscaler {
  upscaler_loaded: boolean;
  upscaler_name: string | null;
}

/** What somebody is told who has no model: a stranger, for example. */
export const NOTHING_LOADED: LoadedModel = {
  model_loaded: false,
  model_loading: false,
  loading_model_name: null,
  loading_step: null,
  loading_total_steps: null,
  last_error: null,
  model_name: null,
  model_type: null,
  model_architecture: null,
  loaded_components: {},
  load_options: {},
};

/** What each user has loaded: their choice, or the server's default model where they have made none. */
@Injectable()
export class SdcppLoaded {
  constructor(
    private readonly choices: ModelChoices,
    private readonly names: SdcppNames,
  ) {}

  async model(caller: Principal): Promise<LoadedModel> {
    const choice = await this.choices.of(caller, DRAWING);
    const { model, loading, problem, name } = choice;
    if (loading) {
      return {
        ...NOTHING_LOADED,
        model_loading: true,
        loading_model_name: model ? nameOf(model) : name,
        loading_step: loading.step,
        loading_total_steps: loading.totalSteps,
      };
    }
    if (!model) return { ...NOTHING_LOADED, last_error: problem };
    return {
      ...NOTHING_LOADED,
      model_loaded: true,
      model_name: nameOf(model),
      model_type: model.type,
      model_architecture: architectureNameOf(model),
      loaded_components: await this.components(model, choice),
      load_options: optionsOf(choice),
    };
  }

  async upscaler(caller: Principal): Promise<LoadedUpscaler> {
    const { model, loading } = await this.choices.of(caller, ENLARGING);
    if (!model || loading) return { upscaler_loaded: false, upscaler_name: null };
    return { upscaler_loaded: true, upscaler_name: nameOf(model) };
  }

  /** The parts by this API's names: those that were chosen, else those that belong to the model. */
  private async components(
    model: Model,
    { options }: ModelChoice,
  ): Promise<Record<string, string | null>> {
    const own = Object.entries(OWN_PARTS).flatMap(([part, file]) => {
      const path = model.manifest === null ? undefined : model.files[file];
      return path === undefined ? [] : [[part, path.split('/').at(-1) ?? null] as const];
    });
    const shown: Record<string, string | null> = {
      ...Object.fromEntries(SHOWN.map((part) => [part, null])),
      ...Object.fromEntries(own),
    };
    for (const [part, { to = '' }] of Object.entries(COMPONENTS)) {
      const told = options[to];
      if (typeof told === 'string') shown[part] = await this.names.fromCore(told);
    }
    return shown;
  }
}

function optionsOf({ options }: ModelChoice): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(LOAD_OPTIONS).flatMap(([name, { to = '' }]) =>
      options[to] === undefined ? [] : [[name, options[to]]],
    ),
  );
}

/** Of which types a part may be. */
export function typesOfComponent(option: string): readonly ModelType[] {
  const found = OPTIONS[option];
  return found?.type === 'component' ? found.types : [];
}
