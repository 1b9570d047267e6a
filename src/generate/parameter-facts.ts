import {
  COMPONENTS,
  LOAD_OPTIONS,
  LOADABLE_TYPES,
  MODEL_TYPES,
  namesOf,
  type ModelType,
} from '../models/index.js';
import type { OptionContext } from './check-option.js';
import {
  DRAWING_KINDS,
  GENERATION_KINDS,
  OPTION_GROUPS,
  type GenerationKind,
  type GenerationOption,
} from './options/index.js';

/** What is known of an option (seed stable-diffusion-cpp-rest, "Get available generation parameters"). */
export interface ParameterFacts {
  type: Exclude<GenerationOption['type'], 'prompt'>;
  description: string;
  group: string;
  kinds: readonly GenerationKind[];
  required_for: readonly GenerationKind[];
  min?: number;
  max?: number;
  step?: number;
  default?: string | number | boolean;
  values?: readonly string[];
  model_types?: readonly ModelType[];
  loading?: true;
}

const KINDS = { type: 'array', items: { type: 'string', enum: [...GENERATION_KINDS] } };

const TYPES = [
  'text',
  'integer',
  'number',
  'boolean',
  'choice',
  'seed',
  'numbers',
  'loras',
  'embeddings',
  'model',
  'component',
  'picture',
  'pictures',
] satisfies ParameterFacts['type'][];

/** {@link ParameterFacts} as JSON schema. */
export const PARAMETER_SCHEMA = {
  type: 'object',
  required: ['type', 'description', 'group', 'kinds', 'required_for'],
  properties: {
    type: { type: 'string', enum: TYPES },
    description: { type: 'string' },
    group: {
      type: 'string',
      description: `What it is about: ${Object.keys(OPTION_GROUPS).join(', ')}.`,
    },
    kinds: { ...KINDS, description: 'The kinds of generation that take it.' },
    required_for: { ...KINDS, description: 'The kinds that cannot do without it.' },
    min: { type: 'number' },
    max: { type: 'number' },
    step: { type: 'number', description: 'Between values that make sense.' },
    default: {
      oneOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }],
      description: 'What is used where neither the request nor the model says anything.',
    },
    values: { type: 'array', items: { type: 'string' }, description: 'Of a choice.' },
    model_types: {
      type: 'array',
      items: { type: 'string', enum: [...MODEL_TYPES] },
      description: 'The types of models that it can name.',
    },
    loading: {
      type: 'boolean',
      description:
        'Whether it concerns how a model is loaded, so that loading ahead takes it, too.',
    },
  },
};

/** The documented spelling of the engine's names, in which `++` is `pp`. */
export function documented(names: readonly string[]): string[] {
  return names.map((name) => name.replaceAll('++', 'pp'));
}

const NAMED: Partial<Record<GenerationOption['type'], readonly ModelType[]>> = {
  model: LOADABLE_TYPES,
  loras: ['lora'],
  embeddings: ['embedding'],
};

/** What is told of an option. */
export function factsOf(
  group: string,
  name: string,
  option: GenerationOption,
  { facts }: OptionContext,
): ParameterFacts {
  const { type, doc, kinds = DRAWING_KINDS, requiredFor = [] } = option;
  const types = type === 'component' ? option.types : NAMED[type];
  return {
    type: type === 'prompt' ? 'text' : type,
    description: doc,
    ...('min' in option ? { min: option.min, max: option.max } : {}),
    ...(type === 'integer' ? { step: option.multipleOf ?? 1 } : {}),
    ...(type === 'number' ? { step: 0.1 } : {}),
    ...('default' in option ? { default: option.default } : {}),
    ...(type === 'choice' ? { values: documented(namesOf(option, facts)) } : {}),
    ...(types ? { model_types: types } : {}),
    ...(name in LOAD_OPTIONS || name in COMPONENTS ? { loading: true } : {}),
    group,
    kinds,
    required_for: requiredFor,
  };
}
