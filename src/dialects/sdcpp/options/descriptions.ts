import { OPTIONS, type GenerationOption, type OptionContext } from '../../../generate/index.js';
import { namesOf } from '../../../models/index.js';
import type { Field, Fields } from '../../fields.js';
import { GENERATION_FIELDS, TYPES } from '../generation/fields.js';
import { HIGH_NOISE } from '../generation/technique-fields.js';
import { LOAD_OPTIONS } from '../models/load-fields.js';

interface Description {
  label: string;
  description: string;
  type: string;
  default?: unknown;
  values?: Record<string, string>;
  applies_to?: string[];
}

/** What the web UI explains its fields with. */
export interface Descriptions {
  options: Record<string, Description>;
  categories: Record<string, { label: string; options: string[] }>;
}

/** Groups of fields by how their names begin; the first that fits counts. */
const CATEGORIES: readonly { key: string; label: string; begins: RegExp }[] = [
  { key: 'high_noise', label: 'High-noise model', begins: /^high_noise_/ },
  { key: 'guidance', label: 'Guidance', begins: /^(slg_|skip_layers|distilled|cfg_|img_cfg)/ },
  { key: 'cache', label: 'Cache', begins: /^(cache_|easycache|taylorseer_|spectrum_)/ },
  { key: 'tiling', label: 'Tiles', begins: /^(vae_|circular_)/ },
  { key: 'hires', label: 'Second pass and enlarging', begins: /^(hires_|upscale|repeats|tile_)/ },
  {
    key: 'pictures',
    label: 'Pictures',
    begins: /(image|strength|control_|mask|^pm_|^pulid_|^ip_adapter|^ref_|_frames$)/,
  },
  { key: 'chroma', label: 'Chroma', begins: /^chroma_/ },
  {
    key: 'memory',
    label: 'Where it computes',
    begins: /(cpu|vram|mmap|threads|stream_|backend|rpc)/,
  },
  { key: 'core', label: 'General', begins: /./ },
];

function valuesOf(
  { to = '' }: Field,
  { facts }: OptionContext,
): Record<string, string> | undefined {
  const option = OPTIONS[to];
  if (option?.type !== 'choice') return undefined;
  return Object.fromEntries(namesOf(option, facts).map((name) => [name, name]));
}

/** How the web UI calls the types of options; everything else is a text. */
const TYPE_NAMES: Partial<Record<GenerationOption['type'], string>> = {
  integer: 'number',
  number: 'number',
  seed: 'number',
  boolean: 'boolean',
  choice: 'select',
  numbers: 'array<number>',
  pictures: 'array<string>',
};

function typeOf({ to = '', type = 'string' }: Field): string {
  const option = OPTIONS[to];
  return option ? (TYPE_NAMES[option.type] ?? 'string') : type;
}

function describe(field: Field, context: OptionContext): Description {
  const { to = '', label, doc, refused, default: usual } = field;
  const values = valuesOf(field, context);
  const reason = refused && `Not here: ${refused}.`;
  return {
    label,
    description: OPTIONS[to]?.doc ?? doc ?? reason ?? label,
    type: typeOf(field),
    ...(usual === undefined ? {} : { default: usual }),
    ...(values ? { values } : {}),
  };
}

function grouped(options: Record<string, Description>): Descriptions['categories'] {
  const names = Object.keys(options);
  const groups = CATEGORIES.map(({ key, label, begins }) => {
    const members = names.filter(
      (name) => CATEGORIES.find((category) => category.begins.test(name))?.key === key,
    );
    return [key, { label, options: members }, begins] as const;
  });
  return Object.fromEntries(
    groups
      .filter(([, { options: members }]) => members.length > 0)
      .map(([key, group]) => [key, group]),
  );
}

/** The ways to load a model. */
export function describeLoading(context: OptionContext): Descriptions {
  const options = Object.fromEntries(
    Object.entries(LOAD_OPTIONS).map(([name, field]) => [name, describe(field, context)]),
  );
  return { options, categories: grouped(options) };
}

/** The fields of all kinds of generation, each with those that take it. */
export function describeGeneration(context: OptionContext): Descriptions {
  const fields: Fields = Object.assign(
    {},
    HIGH_NOISE,
    ...TYPES.toReversed().map((type) => GENERATION_FIELDS[type]),
  );
  const options = Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [
      name,
      {
        ...describe(field, context),
        applies_to: TYPES.filter((type) => name in GENERATION_FIELDS[type]),
      },
    ]),
  );
  return { options, categories: grouped(options) };
}

const DESCRIPTION = {
  type: 'object',
  required: ['label', 'description', 'type'],
  additionalProperties: false,
  properties: {
    label: { type: 'string' },
    description: { type: 'string' },
    type: { type: 'string' },
    default: {},
    values: { type: 'object', additionalProperties: { type: 'string' } },
    applies_to: { type: 'array', items: { type: 'string', enum: [...TYPES] } },
  },
};

export const DESCRIPTIONS_SCHEMA: object = {
  type: 'object',
  required: ['options', 'categories'],
  additionalProperties: false,
  properties: {
    options: { type: 'object', additionalProperties: DESCRIPTION },
    categories: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        required: ['label', 'options'],
        additionalProperties: false,
        properties: {
          label: { type: 'string' },
          options: { type: 'array', items: { type: 'string' } },
        },
      },
    },
  },
};

export const DESCRIPTIONS_EXAMPLE = {
  options: {
    steps: { label: 'Steps', description: 'Sampling steps.', type: 'number', default: 20 },
  },
  categories: { core: { label: 'General', options: ['steps'] } },
};
