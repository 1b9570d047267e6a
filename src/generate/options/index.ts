import { DRAWING, SAMPLING } from './drawing.js';
import { HIGH_NOISE } from './high-noise.js';
import { LOADING } from './loading.js';
import {
  DRAWING_KINDS,
  type GenerationKind,
  type GenerationOption,
  type OptionTable,
} from './option.js';
import { PICTURES } from './pictures.js';
import { TECHNIQUES } from './techniques.js';

/**
 * Every option of a generation, declared once: checks, defaults, the engine's request and the manual all
 * come from this table.
 */
export const OPTIONS: OptionTable = {
  ...DRAWING,
  ...SAMPLING,
  ...PICTURES,
  ...HIGH_NOISE,
  ...TECHNIQUES,
  ...LOADING,
};

export function takes(kind: GenerationKind, option: GenerationOption): boolean {
  return (option.kinds ?? DRAWING_KINDS).includes(kind);
}

/** The options that a kind of generation takes. */
export function optionsOf(kind: GenerationKind): OptionTable {
  return Object.fromEntries(Object.entries(OPTIONS).filter(([, option]) => takes(kind, option)));
}

export * from './option.js';
