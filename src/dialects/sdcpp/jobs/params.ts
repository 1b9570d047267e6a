import { OPTIONS } from '../../../generate/index.js';
import type { JobDetails } from '../../../queue/index.js';
import { namesByOption } from '../../fields.js';
import { GENERATION_FIELDS, TYPES, type GenerationType } from '../generation/fields.js';
import { optionsOf } from './progress.js';
import { typeOf } from './words.js';

/** What this API calls the core's options, by what is made. */
const NAMES = new Map<string, Record<string, string>>(
  TYPES.map((type: GenerationType) => [type, namesByOption(GENERATION_FIELDS[type])]),
);

interface Lora {
  name: string;
  multiplier: number;
}

function isLora(value: unknown): value is Lora {
  const { name, multiplier } = (value ?? {}) as Partial<Lora>;
  return typeof name === 'string' && typeof multiplier === 'number';
}

/** This API knows LoRAs as tags in the prompt only. */
function promptOf({ prompt, loras }: Record<string, unknown>): string {
  const tags = (Array.isArray(loras) ? loras : [])
    .filter(isLora)
    .map(({ name, multiplier }) => `<lora:${name}:${multiplier}>`);
  return [typeof prompt === 'string' ? prompt : '', ...tags].filter(Boolean).join(' ');
}

function isPicture(option: string): boolean {
  const type = OPTIONS[option]?.type;
  return type === 'picture' || type === 'pictures';
}

/** The pictures that went into a job, as another request can name them. */
function picturesOf(
  id: string,
  names: Record<string, string>,
  options: Record<string, unknown>,
): Record<string, unknown> {
  const pictures = Object.entries(options).flatMap(([option, given]) => {
    const name = isPicture(option) ? names[option] : undefined;
    if (name === undefined) return [];
    const source = `job:${id}/${option}`;
    const sources = Array.isArray(given) ? given.map((_, at) => `${source}/${at}`) : source;
    return [[name, sources] as const];
  });
  return Object.fromEntries(pictures);
}

/**
 * What was asked for in the words of this API, such that it can be asked for again: what a client sent, or
 * what that would have been where the job came in another way. Input pictures are named, not shown.
 */
export function paramsOf({
  id,
  kind,
  origin,
  parameters,
}: Pick<JobDetails, 'id' | 'kind' | 'origin' | 'parameters'>): Record<string, unknown> {
  const names = NAMES.get(typeOf(kind) ?? '');
  const options = optionsOf(parameters);
  const pictures = names ? picturesOf(id, names, options) : {};
  if (origin?.dialect === 'sdcpp') return { ...origin.params, ...pictures };
  if (!names) return {};
  const params = Object.entries(options).flatMap(([option, value]) => {
    const name = isPicture(option) ? undefined : names[option];
    return name === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(params),
    ...pictures,
    ...('prompt' in names ? { prompt: promptOf(options) } : {}),
  };
}
