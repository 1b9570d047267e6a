import type { FactsParametersResponse, ModelView } from '../../api/generated/types.gen.js';

export type Parameters = FactsParametersResponse['parameters'];
export type Parameter = Parameters[string];
export type Kind = Parameter['kinds'][number];
export type ModelType = NonNullable<Parameter['model_types']>[number];

/** An option of the table with its name. */
export interface Option extends Parameter {
  name: string;
}

export interface OptionGroup {
  name: string;
  label: string;
  /** Whether it is shown without being asked for. */
  open: boolean;
  options: Option[];
}

export interface LoraValue {
  name: string;
  multiplier: number;
}

/** What can be said of an option. */
export type Value = string | number | boolean | string[] | number[] | Array<LoraValue | string>;
export type Values = Record<string, Value>;

/** Options that have a place of their own in the form. */
const PLACED = new Set(['model_name', 'prompt', 'negative_prompt', 'width', 'height']);

/** The group that a kind of generation is about, besides those it cannot do without. */
const ABOUT: Partial<Record<Kind, string>> = { text2video: 'video', upscale: 'upscaling' };

const WORDS: Record<string, string> = {
  cfg: 'CFG',
  vae: 'VAE',
  lora: 'LoRA',
  loras: 'LoRAs',
  rng: 'RNG',
  llm: 'LLM',
  clip: 'CLIP',
  taesd: 'TAESD',
  t5xxl: 'T5-XXL',
  cpu: 'CPU',
  hires: 'Hires',
  slg: 'SLG',
  fps: 'FPS',
  sdxl: 'SDXL',
  id: 'ID',
  pm: 'PhotoMaker',
  init: 'input',
};

/** Titles of groups that say more than their names. */
const GROUPS: Record<string, string> = {
  input: 'Input picture',
  control: 'ControlNet',
  networks: 'LoRAs and embeddings',
  output: 'File',
  hires: 'Second pass (hires fix)',
  references: 'Reference pictures',
  photo_maker: 'PhotoMaker',
  high_noise: 'High-noise model',
  caching: 'Step caching',
  tiling: 'VAE tiling',
  parts: 'Parts of the model',
  loading: 'Loading and memory',
};

/** `cfg_scale` is "CFG scale". */
export function labelOf(name: string): string {
  const words = name
    .replace(/_path$/, '')
    .split('_')
    .map((word) => WORDS[word] ?? word);
  const text = words.join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The options that a kind takes, by their groups, in the order of the server. */
export function groupsOf(parameters: Parameters, kind: Kind): OptionGroup[] {
  const groups = new Map<string, OptionGroup>();
  for (const [name, parameter] of Object.entries(parameters)) {
    if (!parameter.kinds.includes(kind) || PLACED.has(name)) continue;
    const { group } = parameter;
    const found = groups.get(group) ?? {
      name: group,
      label: GROUPS[group] ?? labelOf(group),
      open: false,
      options: [],
    };
    found.options.push({ name, ...parameter });
    found.open ||=
      group === 'basic' || group === ABOUT[kind] || parameter.required_for.includes(kind);
    groups.set(group, found);
  }
  return [...groups.values()];
}

/** What a model's recommendation calls an option. */
const RECOMMENDED_AS: Record<string, string> = { sampling_method: 'sampler' };

/** What is used where nothing is said of the option; undefined where the engine decides. */
export function usualOf(
  option: Option,
  recommended: ModelView['recommended'] = {},
): Value | undefined {
  const advice: Record<string, string | number | undefined> = { ...recommended };
  return advice[RECOMMENDED_AS[option.name] ?? option.name] ?? option.default;
}

/** Whether a value says nothing, and is not sent. */
export function isEmpty(value: Value | undefined): boolean {
  if (value === undefined || value === '') return true;
  return Array.isArray(value) && value.length === 0;
}

/** The names of options that the kind needs and that say nothing yet. */
export function missing(parameters: Parameters, kind: Kind, values: Values): string[] {
  return Object.entries(parameters)
    .filter(([name, { required_for }]) => required_for.includes(kind) && isEmpty(values[name]))
    .map(([name]) => name);
}
