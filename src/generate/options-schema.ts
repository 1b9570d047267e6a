import { MAX_SEED, OPTIONS, type GenerationOption } from './options.js';

interface OptionSchema {
  type: string | string[];
  description: string;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  multipleOf?: number;
  pattern?: string;
}

function typed(option: GenerationOption): Omit<OptionSchema, 'description'> {
  switch (option.type) {
    case 'integer':
    case 'number': {
      const { type, min, max, multipleOf } = option;
      return { type, minimum: min, maximum: max, ...(multipleOf ? { multipleOf } : {}) };
    }
    case 'boolean':
      return { type: 'boolean' };
    case 'seed':
      return { type: ['integer', 'string'], minimum: -1, maximum: MAX_SEED, pattern: '^random$' };
    case 'prompt':
    case 'model':
    case 'sampler':
    case 'scheduler':
    case 'component':
    case 'refused':
      return { type: 'string' };
  }
}

function schemaOf(option: GenerationOption): OptionSchema {
  const fallback = 'default' in option ? { default: option.default } : {};
  return { ...typed(option), description: option.doc, ...fallback };
}

/** A good request, for the description of the API. */
export const EXAMPLE_REQUEST = {
  prompt: 'red apple',
  width: 128,
  height: 128,
  steps: 20,
  seed: 42,
};

/** The body of a generation as JSON schema, from the table of options. */
export function optionsSchema() {
  const known = Object.entries(OPTIONS).map(([name, option]) => [name, schemaOf(option)] as const);
  return {
    type: 'object' as const,
    properties: Object.fromEntries(known) as Record<string, object>,
    required: ['prompt'],
    additionalProperties: false,
  };
}
