import type { ModelsLoadData } from '../../api/generated/types.gen.js';
import type { ModelType } from './model-types.js';

/** An option as `GET /api/parameters` tells it. */
export interface LoadOption {
  name: string;
  type: 'integer' | 'number' | 'boolean' | 'choice' | 'text' | 'component';
  description: string;
  min?: number;
  max?: number;
  step?: number;
  values?: readonly string[];
  /** Kinds of generation that take it; absent: all that draw. */
  kinds?: readonly string[];
  model_types?: readonly ModelType[];
}

type OptionValue = string | number | boolean | undefined;

export type LoadValues = Record<string, OptionValue>;

/** The options that concern loading, and mean something to a model of this type. */
export function loadOptions(parameters: Record<string, unknown>, type: ModelType): LoadOption[] {
  const known = Object.entries(parameters as Record<string, LoadOption & { loading?: true }>);
  return known
    .filter(
      ([, { loading, kinds }]) => loading && (type !== 'esrgan' || kinds?.includes('upscale')),
    )
    .map(([name, option]) => ({ ...option, name }));
}

/** What was chosen: what is empty or off says nothing, so that the server decides. */
export function bodyOf(values: LoadValues): NonNullable<ModelsLoadData['body']> {
  return Object.fromEntries(
    Object.entries(values).filter(
      ([, value]) => value !== undefined && value !== '' && value !== false,
    ),
  );
}

const SPELLINGS: Readonly<Record<string, string>> = {
  vae: 'VAE',
  cpu: 'CPU',
  clip: 'CLIP',
  'clip-l': 'CLIP-L',
  'clip-g': 'CLIP-G',
  t5xxl: 'T5-XXL',
  t5: 'T5',
  llm: 'language model',
  taesd: 'TAESD',
  tae: 'TAE',
  lora: 'LoRA',
  sdxl: 'SDXL',
  rng: 'RNG',
  vram: 'VRAM',
  dit: 'DiT',
  controlnet: 'ControlNet',
  attn: 'attention',
  params: 'weights',
  conv: 'convolution',
  n: 'number of',
};

/** `vae_on_cpu` is "VAE on CPU". */
export function optionLabel(name: string): string {
  const words = name
    .replace(/_path$/, '')
    .replace('control_net', 'controlnet')
    .replace(/^clip_([lg])$/, 'clip-$1')
    .split('_')
    .map((word) => SPELLINGS[word] ?? word)
    .join(' ');
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
