import type { Model, ModelType } from '../../models/index.js';
import type { OptionValues } from '../generation-request.js';

/** What a model is chosen for. */
export type ChosenFor = 'drawing' | 'enlarging';

/** A choice that is kept for a user in the clients of one API. */
export interface ChoiceSlot {
  /** Name of the API, such as `sdcpp`. */
  client: string;
  what: ChosenFor;
}

/** What a user wants to work with from now on. */
export interface WantedChoice {
  /** Name or id. */
  model: string;
  /** Of which types it may be; absent: of those that do this work. */
  types?: readonly ModelType[];
  /** Options by the names of the table, which count for every request that does not say otherwise. */
  options?: Record<string, unknown>;
}

/** How far the loading of a chosen model is. */
export interface ChoiceLoading {
  jobId: string;
  /** Both 0 while it waits for its turn. */
  step: number;
  totalSteps: number;
}

/** What the next request of a user runs on. */
export interface ModelChoice {
  /** Null: nothing, because that was asked for, or because of the problem. */
  model: Model | null;
  options: OptionValues;
  /** False: nobody chose, so it is the server's default model. */
  chosen: boolean;
  /** The name by which it was chosen; the default model's name where nobody chose. */
  name: string | null;
  loading: ChoiceLoading | null;
  /** Why what was chosen cannot be used, a sentence. */
  problem: string | null;
}

/** A choice as it is kept among a user's settings. */
export interface KeptChoice {
  /** Null: none, on purpose. */
  model: { id: string; name: string } | null;
  options: OptionValues;
  /** The job that loads it. */
  jobId?: string;
}

/** What the job that loads a chosen model needs. */
export interface LoadRequest {
  model: { id: string; name: string };
  what: ChosenFor;
  options: OptionValues;
}
