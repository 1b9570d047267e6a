import { infotextFields } from '../../../../src/common/infotext.js';
import type { Kind, Option, Parameters, Value, Values } from './parameters.js';

/** What a picture was made with, as far as the form can hold it. */
export interface Recipe {
  kind?: Kind;
  values: Values;
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Length, type and checksum of a chunk. */
const CHUNK_FRAME = 12;

function isPng(bytes: Uint8Array): boolean {
  return SIGNATURE.every((byte, index) => bytes[index] === byte);
}

/** Texts in the chunks `tEXt` and (uncompressed) `iTXt` of a PNG, by keyword; none of anything else. */
export function pngTexts(bytes: Uint8Array): Record<string, string> {
  const found: Record<string, string> = {};
  if (!isPng(bytes)) return found;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const latin1 = new TextDecoder('latin1');
  const utf8 = new TextDecoder();
  let at = SIGNATURE.length;
  while (at + CHUNK_FRAME <= bytes.length) {
    const length = view.getUint32(at);
    const type = latin1.decode(bytes.subarray(at + 4, at + 8));
    const data = bytes.subarray(at + 8, at + 8 + length);
    const end = data.indexOf(0);
    if (type === 'tEXt' && end > 0)
      found[latin1.decode(data.subarray(0, end))] = latin1.decode(data.subarray(end + 1));
    if (type === 'iTXt' && end > 0 && data[end + 1] === 0) {
      const translated = data.indexOf(0, data.indexOf(0, end + 3) + 1);
      found[latin1.decode(data.subarray(0, end))] = utf8.decode(data.subarray(translated + 1));
    }
    at += length + CHUNK_FRAME;
  }
  return found;
}

function isKind(kind: unknown, parameters: Parameters): kind is Kind {
  return Object.values(parameters).some(({ kinds }) => (kinds as unknown[]).includes(kind));
}

/** What options say, without pictures (a recipe has only their names) and what this server does not know. */
export function valuesFrom(options: Record<string, unknown>, parameters: Parameters): Values {
  const values: Values = {};
  for (const [name, value] of Object.entries(options)) {
    const type = parameters[name]?.type;
    if (type === undefined || type === 'picture' || type === 'pictures') continue;
    if (value !== null && value !== undefined) values[name] = value as Value;
  }
  return values;
}

interface Ours {
  kind?: unknown;
  options?: Record<string, unknown>;
}

function fromOurs(text: string, parameters: Parameters): Recipe | undefined {
  try {
    const { kind, options } = JSON.parse(text) as Ours;
    if (typeof options !== 'object' || options === null) return undefined;
    return {
      values: valuesFrom(options, parameters),
      ...(isKind(kind, parameters) ? { kind } : {}),
    };
  } catch {
    return undefined;
  }
}

/** "DPM++ 2S a" and `dpmpp2s_a` are the same. */
function plain(name: string): string {
  return name
    .toLowerCase()
    .replaceAll('++', 'pp')
    .replaceAll(/[^a-z0-9]/g, '');
}

function choice(
  option: Parameters[string] | undefined,
  name: string | undefined,
): string | undefined {
  return name === undefined ? undefined : option?.values?.find((one) => plain(one) === plain(name));
}

/** `Key: value, Key: "quoted, value"` of the last line. */
function fieldsOf(line: string): Map<string, string> {
  return new Map(infotextFields(line).map(({ name, value }) => [name, value]));
}

const NUMBERS: Record<string, string> = {
  Steps: 'steps',
  'CFG scale': 'cfg_scale',
  Seed: 'seed',
  'Denoising strength': 'strength',
  'Clip skip': 'clip_skip',
};

/** Older files name sampler and scheduler in one: "DPM++ 2M Karras". */
function sampling(fields: Map<string, string>, parameters: Parameters): Values {
  const { sampling_method: samplers, scheduler: schedulers } = parameters;
  const named = fields.get('Sampler') ?? '';
  const words = named.split(' ');
  const joined = choice(schedulers, words.at(-1));
  const sampler =
    choice(samplers, named) ??
    (joined ? choice(samplers, words.slice(0, -1).join(' ')) : undefined);
  const scheduler = choice(schedulers, fields.get('Schedule type')) ?? joined;
  return { ...(sampler ? { sampling_method: sampler } : {}), ...(scheduler ? { scheduler } : {}) };
}

/** The recipe in the form of AUTOMATIC1111: prompt, negative prompt, and a line of fields. */
export function fromInfotext(text: string, parameters: Parameters): Recipe | undefined {
  const lines = text.trim().split('\n');
  const last = lines.at(-1) ?? '';
  if (!/\bSteps: \d/.test(last)) return undefined;
  const words = lines.slice(0, -1).join('\n');
  const [prompt = '', negative = ''] = words.split(/^Negative prompt: /m);
  const fields = fieldsOf(last);
  const values: Values = { prompt: prompt.trim(), ...sampling(fields, parameters) };
  if (negative.trim()) values['negative_prompt'] = negative.trim();
  for (const [key, name] of Object.entries(NUMBERS)) {
    const number = Number(fields.get(key) ?? NaN);
    if (Number.isFinite(number)) values[name] = number;
  }
  const [width, height] = (fields.get('Size') ?? '').split('x').map(Number);
  if (width && height) Object.assign(values, { width, height });
  const model = fields.get('Model');
  if (model) values['model_name'] = model;
  return { values };
}

/** The recipe in a PNG; undefined where it has none. */
export function recipeOf(bytes: Uint8Array, parameters: Parameters): Recipe | undefined {
  const { atelier, parameters: infotext } = pngTexts(bytes);
  return (
    (atelier === undefined ? undefined : fromOurs(atelier, parameters)) ??
    (infotext === undefined ? undefined : fromInfotext(infotext, parameters))
  );
}

/** What a job was made with, pictures included, by the names under which the server still has them. */
export function recipeOfJob(
  job: { id: string; kind: string; parameters: Record<string, unknown> },
  parameters: Parameters,
): Recipe | undefined {
  const { options } = job.parameters as Ours;
  if (!isKind(job.kind, parameters) || !options) return undefined;
  const values = valuesFrom(options, parameters);
  for (const [name, value] of Object.entries(options)) {
    const type = parameters[name]?.type;
    if (type === 'picture') values[name] = `job:${job.id}/${name}`;
    if (type === 'pictures' && Array.isArray(value))
      values[name] = value.map((_, index) => `job:${job.id}/${name}/${index}`);
  }
  return { kind: job.kind, values };
}

/** The option that a picture goes into as input: one that the kind cannot do without, or begins from. */
export function inputOption(options: readonly Option[], kind: Kind): string | undefined {
  const pictures = options.filter(({ type, name }) => type === 'picture' && name !== 'mask_image');
  const found =
    pictures.find(({ required_for }) => required_for.includes(kind)) ??
    pictures.find(({ name }) => name === 'init_image');
  return found?.name;
}
