import type { JobDetails } from '../../api/generated/types.gen.js';
import { bytes } from '../../lib/format.js';
import { kindName, type Output } from './outputs.js';

/** One line of a recipe. */
export interface Line {
  name: string;
  value: string;
}

/** Options that are shown on their own, or say nothing of one picture. */
const APART = new Set(['prompt', 'negative_prompt', 'seed', 'width', 'height', 'batch_count']);

const NAMES: Record<string, string> = {
  cfg_scale: 'CFG scale',
  sampling_method: 'Sampler',
  scheduler: 'Schedule',
  clip_skip: 'Clip skip',
  loras: 'LoRAs',
  vae_path: 'VAE',
  control_net: 'ControlNet',
};

/** `hires_fix` as "Hires fix". */
export function optionName(option: string): string {
  const words = option.replaceAll('_', ' ');
  return NAMES[option] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

/** Longest value that is no text of its own: ids of pictures and hashes are cut. */
const ID = /^[0-9a-f]{40,}$/;

function entryText(entry: unknown): string {
  if (typeof entry === 'string') return ID.test(entry) ? `${entry.slice(0, 10)}…` : entry;
  if (typeof entry !== 'object' || entry === null) return String(entry);
  if ('name' in entry && 'multiplier' in entry)
    return `${String(entry.name)} × ${String(entry.multiplier)}`;
  return JSON.stringify(entry);
}

function valueText(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return Array.isArray(value) ? value.map(entryText).join(', ') : entryText(value);
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** All options of a job, with every value that was used. */
export function optionsOf({ parameters }: Pick<JobDetails, 'parameters'>): Record<string, unknown> {
  return objectOf(objectOf(parameters)['options']);
}

export function textOption(job: Pick<JobDetails, 'parameters'>, name: string): string {
  const value = optionsOf(job)[name];
  return typeof value === 'string' ? value : '';
}

/** What was asked for, line by line, but for the prompts. */
export function linesOf(job: JobDetails, output: Output): Line[] {
  const options = Object.entries(optionsOf(job)).filter(
    ([name, value]) => !APART.has(name) && value !== '' && valueText(value) !== '',
  );
  return [
    { name: 'Kind', value: kindName(job.kind) },
    ...(job.model ? [{ name: 'Model', value: job.model }] : []),
    { name: 'Size', value: `${output.width} × ${output.height}` },
    ...(output.seed === undefined ? [] : [{ name: 'Seed', value: String(output.seed) }]),
    ...options.map(([name, value]) => ({ name: optionName(name), value: valueText(value) })),
    { name: 'File', value: `${output.filename}, ${bytes(output.size)}` },
  ];
}

/** The SHA-256 of every file that a picture says it was made with, by what the file is. */
export function hashesOf(recipe: Record<string, unknown> | null): Line[] {
  if (!recipe) return [];
  const files = { ...objectOf(objectOf(recipe['model'])['sha256']), ...objectOf(recipe['files']) };
  const lists = [recipe['loras'], recipe['embeddings']].flatMap((list) =>
    Array.isArray(list) ? (list as unknown[]) : [],
  );
  return [
    ...Object.entries(files).map(([name, sha256]) => ({ name: optionName(name), value: sha256 })),
    ...lists.map(objectOf).map(({ name, sha256 }) => ({ name: String(name), value: sha256 })),
  ].filter((line): line is Line => typeof line.value === 'string');
}
