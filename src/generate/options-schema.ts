import { typeSchema } from '../models/index.js';
import {
  MAX_SEED,
  optionsOf,
  type GenerationKind,
  type GenerationOption,
} from './options/index.js';

const TEXT = { type: 'string' } as const;
const TEXTS = { type: 'array', items: TEXT } as const;

const LORA = {
  type: 'object',
  properties: {
    name: TEXT,
    multiplier: { type: 'number' },
    is_high_noise: { type: 'boolean' },
  },
} as const;

function typed(option: GenerationOption): object {
  switch (option.type) {
    case 'numbers':
      return {
        type: 'array',
        maxItems: option.longest,
        items: { type: option.of, minimum: option.min, maximum: option.max },
      };
    case 'seed':
      return { type: ['integer', 'string'], minimum: -1, maximum: MAX_SEED, pattern: '^random$' };
    case 'loras':
      return { type: 'array', items: { oneOf: [TEXT, LORA] } };
    case 'embeddings':
    case 'pictures':
      return TEXTS;
    case 'prompt':
    case 'model':
    case 'picture':
      return TEXT;
    case 'integer':
    case 'number':
    case 'boolean':
    case 'choice':
    case 'text':
    case 'component':
      return typeSchema(option);
  }
}

function schemaOf(option: GenerationOption): object {
  const fallback = 'default' in option ? { default: option.default } : {};
  return { ...typed(option), description: option.doc, ...fallback };
}

const A_PICTURE = 'data:image/png;base64,iVBORw0KGgo…';

/** A good request of each kind, for the description of the API. */
export const EXAMPLE_REQUESTS: Readonly<Record<GenerationKind, Record<string, unknown>>> = {
  text2img: { prompt: 'red apple', width: 128, height: 128, steps: 20, seed: 42 },
  img2img: { prompt: 'green apple', init_image: A_PICTURE, strength: 0.6 },
  inpainting: { prompt: 'a worm', init_image: A_PICTURE, mask_image: A_PICTURE },
  controlnet: { prompt: 'a house', control_net: 'canny', control_image: A_PICTURE, canny: true },
  upscale: { image: A_PICTURE, upscale_factor: 2 },
  text2video: { prompt: 'a running dog', video_frames: 17, fps: 16 },
};

/** The body of a generation as JSON schema, from the table of options. */
export function optionsSchema(kind: GenerationKind) {
  const options = Object.entries(optionsOf(kind));
  const known = options.map(([name, option]) => [name, schemaOf(option)] as const);
  return {
    type: 'object' as const,
    properties: Object.fromEntries(known) as Record<string, object>,
    required: options
      .filter(([, { requiredFor }]) => requiredFor?.includes(kind))
      .map(([name]) => name),
    additionalProperties: false,
  };
}
