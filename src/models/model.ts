import type { ModelFiles } from '../engine/index.js';
import type { ModelType } from './model-type.js';

/** Settings that suit a model; the defaults of a request that does not say. */
export interface RecommendedSettings {
  width?: number;
  height?: number;
  steps?: number;
  cfg_scale?: number;
  sampler?: string;
  scheduler?: string;
}

/** How a model's weights are kept; a bundle is several files that a `model.json` puts together. */
export type ModelFormat = 'safetensors' | 'gguf' | 'pickle' | 'bundle' | 'unknown';

/** A model on disk: one file, or several files that a `model.json` beside them puts together. */
export interface Model {
  /** Stable for as long as the files stay where they are; safe in a URL. */
  id: string;
  /** What people call it: the name in `model.json`, or the file name. */
  name: string;
  description: string;
  type: ModelType;
  /** What its tensors say it is, whatever its folder says; null where they say nothing. */
  detectedType: ModelType | null;
  format: ModelFormat;
  /** The file itself; of a bundle its main file. Absolute. */
  path: string;
  /** The `model.json` of a bundle, absolute; null for a single file. */
  manifest: string | null;
  /** The path below the folder in which it was found, with `/`; what tells two models of one name apart. */
  relativePath: string;
  /** Architecture family by `model.json` or the names of its tensors, for example `z-image`. */
  architecture: string | null;
  /** How most of its weights are stored, as the engine spells it, for example `q8_0`. */
  weightType: string | null;
  /** How many numbers it holds; null where that was not read. */
  parameters: number | null;
  /** Why its header could not be read, a sentence; null when all is well. */
  problem: string | null;
  /** Whether it came with the program. */
  embedded: boolean;
  /** Empty for what is no part of a model of its own, such as a LoRA: its file is {@link path}. */
  files: ModelFiles;
  /** Bytes of all files together. */
  size: number;
  /** When the newest of its files was changed. */
  modifiedAt: Date;
  recommended: RecommendedSettings;
  /** The decoder for previews that suits it best. */
  preview: 'proj' | 'tae' | 'vae';
}

/** Every weight file of a model, the main one first. */
export function weightFilesOf({ path, files }: Model): string[] {
  return [...new Set([path, ...(Object.values(files) as string[])])];
}
