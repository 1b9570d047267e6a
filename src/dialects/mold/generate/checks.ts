import { posix } from 'node:path';
import type { FieldProblem } from '../../../common/index.js';
import { isObject } from '../../fields.js';

type Body = Record<string, unknown>;

/** The original's bounds (contract of its clients, "Generation request"). */
const SIDE = 16;
const MEGAPIXELS = 1.8;
const STEPS = 100;
const GUIDANCE = 100;

const PICTURES = ['png', 'jpeg', 'webp'];
const VIDEOS = ['mp4', 'webp'];
/** Formats of which the original makes videos only. */
const MOVING = ['mp4', 'gif', 'apng'];

/** What is read of a field, or what is wrong with it. */
export interface Read<T> {
  value?: T;
  problems: FieldProblem[];
}

function problem(field: string, must: string): FieldProblem {
  return { field, message: `${field} must ${must}.` };
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** What the original rejects though the core could do it. */
export function boundProblems({ width, height, steps, guidance }: Body): FieldProblem[] {
  const problems = Object.entries({ width, height })
    .filter(([, side]) => isNumber(side) && side % SIDE !== 0)
    .map(([field]) => problem(field, `be a multiple of ${SIDE}`));
  if (isNumber(width) && isNumber(height) && width * height > MEGAPIXELS * 1e6)
    problems.push(problem('width', `make at most ${MEGAPIXELS} megapixels with height`));
  if (isNumber(steps) && steps > STEPS) problems.push(problem('steps', `be at most ${STEPS}`));
  if (guidance === undefined || guidance === null) return problems;
  if (!isNumber(guidance) || guidance < 0 || guidance > GUIDANCE)
    problems.push(problem('guidance', `be a number from 0 to ${GUIDANCE}`));
  return problems;
}

/** Whether frames of a video are asked for. */
export function isVideo({ frames, output_format: format }: Body): boolean {
  return (isNumber(frames) && frames > 1) || MOVING.some((one) => one === format);
}

/** The core's option for the format of the file. */
export function readFormat(body: Body): Read<Body> {
  const { output_format: format } = body;
  if (format === undefined || format === null || format === '') return { value: {}, problems: [] };
  const video = isVideo(body);
  const known = video ? VIDEOS : PICTURES;
  if (typeof format === 'string' && known.includes(format))
    return { value: { [video ? 'video_format' : 'output_format']: format }, problems: [] };
  const what = video ? ' for a video' : '';
  return { problems: [problem('output_format', `be one of ${known.join(', ')}${what}`)] };
}

/** What each switch may be: true, false, or not said. */
export function switchProblems(body: Body): FieldProblem[] {
  if (isVideo(body) && body['embed_metadata'] === false)
    return [problem('embed_metadata', 'be true for a video')];
  return ['expand', 'cfg_plus', 'embed_metadata']
    .filter((field) => ![undefined, null, true, false].some((one) => one === body[field]))
    .map((field) => problem(field, 'be true or false'));
}

/** A file on the server is known by its name: whatever folder the client believes it to be in. */
function nameIn(path: string): string {
  return path.startsWith('/') ? posix.basename(path) : path;
}

function loraOf(entry: unknown, scale: unknown): object | undefined {
  const { path, scale: own = scale } = isObject(entry)
    ? (entry as { path?: unknown; scale?: unknown })
    : { path: entry };
  const multiplier = own ?? 1;
  if (typeof path !== 'string' || path === '' || !isNumber(multiplier)) return undefined;
  return { name: nameIn(path), multiplier };
}

/** The core's option for the LoRAs of either spelling. */
export function readLoras({ lora, lora_scale: scale, loras }: Body): Read<Body> {
  const problems: FieldProblem[] = [];
  const found: object[] = [];
  const take = (field: string, entry: unknown): void => {
    const read = loraOf(entry, scale);
    if (read) found.push(read);
    else problems.push(problem(field, 'be a name, or {path, scale}'));
  };
  if (lora !== undefined && lora !== null && lora !== '') take('lora', lora);
  if (Array.isArray(loras)) for (const entry of loras) take('loras', entry);
  else if (loras !== undefined && loras !== null)
    problems.push(problem('loras', 'be a list of {path, scale}'));
  return { value: found.length > 0 ? { loras: found } : {}, problems };
}

/** Samplers by mold's names; undefined: as the model wants. */
const SAMPLERS: Readonly<Record<string, string | undefined>> = {
  ddim: 'ddim_trailing',
  'euler-ancestral': 'euler_a',
  'uni-pc': undefined,
  unipc: undefined,
};

function plus(sampler: string | undefined): string {
  return sampler === 'euler_a' ? 'euler_a_cfg_pp' : 'euler_cfg_pp';
}

/** The core's option for the sampler. */
export function readScheduler({ scheduler, cfg_plus: isPlus }: Body): Read<Body> {
  if (scheduler !== undefined && scheduler !== null && typeof scheduler !== 'string')
    return { problems: [problem('scheduler', 'be a text')] };
  const said = scheduler?.toLowerCase() ?? '';
  const known = Object.hasOwn(SAMPLERS, said) ? SAMPLERS[said] : said.replaceAll('-', '_');
  const sampler = isPlus === true ? plus(known) : known;
  return { value: sampler ? { sampling_method: sampler } : {}, problems: [] };
}

/** Its clients draw seeds of 64 bits; those that are too large for a number here are folded. */
export function readSeed({ seed }: Body): Body {
  if (seed === undefined || seed === null) return {};
  const folded = isNumber(seed) && seed > Number.MAX_SAFE_INTEGER;
  return { seed: folded ? seed % Number.MAX_SAFE_INTEGER : seed };
}
