import type { Described, PlainOption, Table } from '../../models/index.js';

/** What can be made; each kind is a kind of job and a route of its own. */
export const GENERATION_KINDS = [
  'text2img',
  'img2img',
  'inpainting',
  'controlnet',
  'upscale',
  'text2video',
] as const;

export type GenerationKind = (typeof GENERATION_KINDS)[number];

/** The kinds that draw with a diffusion model. */
export const DRAWING_KINDS: readonly GenerationKind[] = [
  'text2img',
  'img2img',
  'inpainting',
  'controlnet',
  'text2video',
];

/** What an option is in a generation. */
interface Use {
  /** Which kinds take it; absent: all that draw with a diffusion model. */
  kinds?: readonly GenerationKind[];
  /** The kinds that cannot do without it. */
  requiredFor?: readonly GenerationKind[];
  /** What it is called in the engine's request, a path such as `cache.mode`. */
  request?: string;
}

/** What is drawn, or what is not. */
export interface PromptOption extends Described {
  type: 'prompt';
  default?: string;
}

/** A whole number, or `"random"`. */
export interface SeedOption extends Described {
  type: 'seed';
}

/** Name or id of the model that does the work. */
export interface ModelOption extends Described {
  type: 'model';
  default: string;
}

/** A list of numbers. */
export interface NumbersOption extends Described {
  type: 'numbers';
  of: 'integer' | 'number';
  min: number;
  max: number;
  /** Most entries. */
  longest: number;
}

/** LoRAs by name, each with its strength. */
export interface LorasOption extends Described {
  type: 'loras';
}

/** Textual inversions by name. */
export interface EmbeddingsOption extends Described {
  type: 'embeddings';
}

/** One input picture, or a list of them. */
export interface PictureOption extends Described {
  type: 'picture' | 'pictures';
  /** How its pixels are given to the engine. */
  want: 'rgb' | 'gray';
  request: string;
  /** Most pictures of a list; absent: as of any list. */
  longest?: number;
}

export type GenerationOption = (
  | PlainOption
  | PromptOption
  | SeedOption
  | ModelOption
  | NumbersOption
  | LorasOption
  | EmbeddingsOption
  | PictureOption
) &
  Use;

export type OptionTable = Table<GenerationOption>;

/** The largest seed: beyond it JSON numbers are no longer exact in JavaScript. */
export const MAX_SEED = Number.MAX_SAFE_INTEGER;
