import { unixSeconds } from '../common/index.js';
import { sizeCategoryOf, type SizeCategory } from './model-query.js';
import type { Model, RecommendedSettings } from './model.js';

/** What is known of a model besides its file: whether it is in memory, and its hash. */
export interface ModelState {
  loaded: boolean;
  /** Of its main file, lower-case hex. */
  sha256: string | undefined;
  /** 0 to 1 while it is being hashed. */
  hashProgress: number | undefined;
  hashDue: boolean;
}

/** A model as the API shows it. */
export interface ModelView {
  id: string;
  name: string;
  /** Below the models folder in which it was found. */
  path: string;
  description: string;
  type: string;
  detected_type: string | null;
  architecture: string | null;
  format: string;
  quantization: string | null;
  /** How many numbers it holds. */
  parameters: number | null;
  /** Bytes. */
  size: number;
  size_category: SizeCategory;
  /** Unix time in seconds. */
  modified: number;
  loaded: boolean;
  sha256: string | null;
  hash_status: 'ready' | 'computing' | 'waiting' | 'none';
  /** 0 to 1; null when it is not being computed. */
  hash_progress: number | null;
  embedded: boolean;
  /** Why its header could not be read. */
  problem: string | null;
  recommended: RecommendedSettings;
}

function hashStatusOf(state: ModelState): ModelView['hash_status'] {
  if (state.sha256) return 'ready';
  if (state.hashProgress !== undefined) return 'computing';
  return state.hashDue ? 'waiting' : 'none';
}

export function toModelView(model: Model, state: ModelState): ModelView {
  return {
    id: model.id,
    name: model.name,
    path: model.relativePath,
    description: model.description,
    type: model.type,
    detected_type: model.detectedType,
    architecture: model.architecture,
    format: model.format,
    quantization: model.weightType,
    parameters: model.parameters,
    size: model.size,
    size_category: sizeCategoryOf(model.size),
    modified: unixSeconds(model.modifiedAt),
    loaded: state.loaded,
    sha256: state.sha256 ?? null,
    hash_status: hashStatusOf(state),
    hash_progress: state.hashProgress ?? null,
    embedded: model.embedded,
    problem: model.problem,
    recommended: model.recommended,
  };
}
