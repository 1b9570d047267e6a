import { DRAWING, NETWORKS, OUTPUT, SAMPLING } from './drawing.js';
import { HIGH_NOISE } from './high-noise.js';
import { CONTROL_PARTS, LOADING, PARTS, PHOTO_MAKER_PARTS } from './loading.js';
import {
  DRAWING_KINDS,
  type GenerationKind,
  type GenerationOption,
  type OptionTable,
} from './option.js';
import { CONTROL, INPUT, PHOTO_MAKER, REFERENCES, UPSCALING, VIDEO } from './pictures.js';
import { CACHING, HIRES, TILING } from './techniques.js';

/** The options by what they are about, in the order in which to show them: `basic` first and to everybody. */
export const OPTION_GROUPS: Readonly<Record<string, OptionTable>> = {
  basic: DRAWING,
  input: INPUT,
  control: { ...CONTROL_PARTS, ...CONTROL },
  video: VIDEO,
  upscaling: UPSCALING,
  networks: NETWORKS,
  sampling: SAMPLING,
  output: OUTPUT,
  hires: HIRES,
  references: REFERENCES,
  photo_maker: { ...PHOTO_MAKER_PARTS, ...PHOTO_MAKER },
  high_noise: HIGH_NOISE,
  caching: CACHING,
  tiling: TILING,
  parts: PARTS,
  loading: LOADING,
};

/**
 * Every option of a generation, declared once: checks, defaults, the engine's request and the manual all
 * come from this table.
 */
export const OPTIONS: OptionTable = Object.assign({}, ...Object.values(OPTION_GROUPS));

export function takes(kind: GenerationKind, option: GenerationOption): boolean {
  return (option.kinds ?? DRAWING_KINDS).includes(kind);
}

/** The options that a kind of generation takes. */
export function optionsOf(kind: GenerationKind): OptionTable {
  return Object.fromEntries(Object.entries(OPTIONS).filter(([, option]) => takes(kind, option)));
}

export * from './option.js';
