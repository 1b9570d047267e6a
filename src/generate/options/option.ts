import type { EngineFacts, LoadOptions, ModelFiles } from '../../engine/index.js';
import type { ModelType } from '../../models/index.js';

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

/** The lists of names that the engine's facts hold. */
export type NameList = {
  [Key in keyof EngineFacts]: EngineFacts[Key] extends string[] ? Key : never;
}[keyof EngineFacts];

interface Described {
  /** A sentence for the manual. */
  doc: string;
  /** Which kinds take it; absent: all that draw with a diffusion model. */
  kinds?: readonly GenerationKind[];
  /** The kinds that cannot do without it. */
  requiredFor?: readonly GenerationKind[];
  /** What it is called in the engine's request, a path such as `cache.mode`. */
  request?: string;
  /** What it is called among the ways to load a model. */
  load?: keyof LoadOptions;
}

export interface NumberOption extends Described {
  type: 'integer' | 'number';
  min: number;
  max: number;
  /** Must be a multiple of it. */
  multipleOf?: number;
  /** What a request that says nothing gets where the model recommends nothing; absent: the engine's choice. */
  default?: number;
}

export interface BooleanOption extends Described {
  type: 'boolean';
}

/** A name out of a list: one that the engine knows, or one of ours. */
export interface ChoiceOption extends Described {
  type: 'choice';
  of: NameList | readonly string[];
  default?: string;
}

/** Free text; bounded in length. */
export interface TextOption extends Described {
  type: 'text' | 'prompt';
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

/** Name of a file in a models folder that takes, or adds, a part of the model. */
export interface ComponentOption extends Described {
  type: 'component';
  part: keyof ModelFiles;
  /** Looked for among the models of these types, by name; also a path in a models folder. */
  types: readonly ModelType[];
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

export type GenerationOption =
  | NumberOption
  | BooleanOption
  | ChoiceOption
  | TextOption
  | SeedOption
  | ModelOption
  | ComponentOption
  | NumbersOption
  | LorasOption
  | EmbeddingsOption
  | PictureOption;

export type OptionTable = Readonly<Record<string, GenerationOption>>;

/** The largest seed: beyond it JSON numbers are no longer exact in JavaScript. */
export const MAX_SEED = Number.MAX_SAFE_INTEGER;
