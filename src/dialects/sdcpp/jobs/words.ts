import type { JobView } from '../../../queue/index.js';

/** The core's words for states of jobs, and this API's. */
const STATUSES = {
  queued: 'pending',
  processing: 'processing',
  completed: 'completed',
  failed: 'failed',
  cancelled: 'cancelled',
} as const satisfies Record<JobView['status'], string>;

export type Status = (typeof STATUSES)[JobView['status']];

export const STATUS_NAMES: readonly Status[] = Object.values(STATUSES);

export function statusOf(state: JobView['status']): Status {
  return STATUSES[state];
}

/** The core's state by this API's word. */
export function stateOf(status: Status): JobView['status'] {
  const states = Object.keys(STATUSES) as JobView['status'][];
  return states.find((state) => STATUSES[state] === status) ?? 'queued';
}

/** Kinds of the core that clients of this API know, and what they call them. Others are none of theirs. */
const TYPES: Readonly<Record<string, string>> = {
  text2img: 'txt2img',
  controlnet: 'txt2img',
  img2img: 'img2img',
  inpainting: 'img2img',
  text2video: 'txt2vid',
  upscale: 'upscale',
  convert: 'convert',
  download: 'model_download',
  hash: 'model_hash',
};

export const TYPE_NAMES: readonly string[] = [...new Set(Object.values(TYPES))];

/** What clients call a kind; undefined for one of which they are told nothing. */
export function typeOf(kind: string): string | undefined {
  return TYPES[kind];
}

/** The kinds that have this name, or any. */
export function kindsOf(type?: string): string[] {
  return Object.keys(TYPES).filter((kind) => type === undefined || TYPES[kind] === type);
}

/** An instant as the document writes it: ISO 8601 in UTC, without fractions. */
export function instantOf(unixSeconds: number): string {
  return new Date(unixSeconds * 1000).toISOString().replace('.000', '');
}
