import type { EngineFacts, LoadOptions, ModelFiles } from '../../engine/index.js';
import type { ModelType } from '../model-type.js';

/** The lists of names that the engine's facts hold. */
export type NameList = {
  [Key in keyof EngineFacts]: EngineFacts[Key] extends string[] ? Key : never;
}[keyof EngineFacts];

/** What every option has. */
export interface Described {
  /** A sentence for the manual. */
  doc: string;
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
  type: 'text';
  default?: string;
}

/** Name of a file in a models folder that takes, or adds, a part of the model. */
export interface ComponentOption extends Described {
  type: 'component';
  part: keyof ModelFiles;
  /** What it is called where only parts are named: in a request to load, and in what is shown of it. */
  short?: string;
  /** Looked for by name among the models of these types, in this order; also a path in a models folder. */
  types: readonly ModelType[];
}

/** What a value of one field can be, whatever it is for. */
export type PlainOption =
  | NumberOption
  | BooleanOption
  | ChoiceOption
  | TextOption
  | ComponentOption;

/** Options by the name of their field. */
export type Table<Option> = Readonly<Record<string, Option>>;
