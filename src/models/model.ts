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

/** A model on disk: one file, or several files that a `model.json` beside them puts together. */
export interface Model {
  /** Stable for as long as the files stay where they are; safe in a URL. */
  id: string;
  /** What people call it: the name in `model.json`, or the file name. */
  name: string;
  description: string;
  type: ModelType;
  /** The file itself; of a bundle its `model.json`. Absolute. */
  path: string;
  /** The path below the folder in which it was found, with `/`; what tells two models of one name apart. */
  relativePath: string;
  /** Architecture family where `model.json` says so, for example `z-image`. */
  architecture: string | null;
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
