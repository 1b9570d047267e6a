import { Injectable } from '@nestjs/common';
import type { FieldProblem } from '../common/index.js';
import { COMPONENTS, LOAD_OPTIONS, namesOf, type ModelType } from '../models/index.js';
import { checkOption, type OptionContext } from './check-option.js';
import { GenerateService } from './generate.service.js';
import { OPTIONS, optionsOf, type GenerationKind, type GenerationOption } from './options/index.js';
import { problemsTogether, readOptions } from './read-options.js';

/** What is known of an option (seed stable-diffusion-cpp-rest, "Get available generation parameters"). */
export interface ParameterFacts {
  type: string;
  description: string;
  min?: number;
  max?: number;
  step?: number;
  default?: unknown;
  values?: readonly string[];
  kinds?: readonly GenerationKind[];
  /** It concerns how a model is loaded: `POST /api/models/{modelId}/load` takes it too. */
  loading?: true;
  /** Of a part of a model: the types that it is looked for among. */
  model_types?: readonly ModelType[];
}

export interface Validation {
  valid: boolean;
  errors: FieldProblem[];
  /** The request as it could be: out of bounds brought to the bound, what cannot be saved left out. */
  corrected: Record<string, unknown>;
}

/** The documented spelling of the engine's names, in which `++` is `pp`. */
function documented(names: readonly string[]): string[] {
  return names.map((name) => name.replaceAll('++', 'pp'));
}

/** Tells what can be asked for. */
@Injectable()
export class FactsService {
  constructor(private readonly generate: GenerateService) {}

  async samplers(): Promise<string[]> {
    return documented((await this.generate.context()).facts.samplers);
  }

  async schedulers(): Promise<string[]> {
    return documented((await this.generate.context()).facts.schedulers);
  }

  async parameters(): Promise<Record<string, ParameterFacts>> {
    const context = await this.generate.context();
    const known = Object.entries(OPTIONS).map(
      ([name, option]) => [name, toFacts(name, option, context)] as const,
    );
    return Object.fromEntries(known);
  }

  async validate(kind: GenerationKind, body: Record<string, unknown>): Promise<Validation> {
    const context = await this.generate.context();
    const { given, problems } = readOptions(kind, body, context);
    const errors = [...problems, ...problemsTogether(kind, given)];
    const corrected: Record<string, unknown> = { ...given };
    for (const [name, option] of Object.entries(optionsOf(kind))) {
      if (name in given || !(name in body)) continue;
      const better = correct(option, body[name]);
      if (better !== undefined && 'value' in checkOption(option, better, context))
        corrected[name] = better;
    }
    return { valid: errors.length === 0, errors, corrected };
  }
}

function toFacts(name: string, option: GenerationOption, { facts }: OptionContext): ParameterFacts {
  const { type, doc, kinds } = option;
  return {
    type: type === 'prompt' ? 'text' : type,
    description: doc,
    ...('min' in option ? { min: option.min, max: option.max } : {}),
    ...(type === 'integer' ? { step: option.multipleOf ?? 1 } : {}),
    ...(type === 'number' ? { step: 0.1 } : {}),
    ...('default' in option ? { default: option.default } : {}),
    ...(type === 'choice' ? { values: documented(namesOf(option, facts)) } : {}),
    ...(kinds ? { kinds } : {}),
    ...(name in LOAD_OPTIONS || name in COMPONENTS ? { loading: true } : {}),
    ...(type === 'component' ? { model_types: option.types } : {}),
  };
}

/** The nearest value that is allowed; undefined where there is no telling what was meant. */
function correct(option: GenerationOption, value: unknown): unknown {
  if (option.type === 'seed') return 'random';
  if (option.type === 'boolean')
    return ['true', '1', 1].includes(value as string) ? true : undefined;
  if (option.type !== 'integer' && option.type !== 'number') return undefined;
  const number = Number(value);
  if (Number.isNaN(number) || typeof value === 'boolean') return option.default;
  const { min, max, multipleOf = option.type === 'integer' ? 1 : 0 } = option;
  const bounded = Math.min(Math.max(number, min), max);
  return multipleOf ? Math.round(bounded / multipleOf) * multipleOf : bounded;
}
