import type { OptionValues } from './generation-request.js';
import type { GenerationKind } from './options/index.js';

const MEGA = 1_000_000;

/** What an upscale of unknown size counts as, in megapixel-steps. */
const UPSCALE_COST = 1;

/** How many pixels the engine has in hand at a time: a picture of a batch, all frames of a video. */
export function pixelsOf(kind: GenerationKind, options: OptionValues): number {
  const number = (name: string): number => Number(options[name] ?? 1);
  const frames = kind === 'text2video' ? number('video_frames') : 1;
  return number('width') * number('height') * frames;
}

/** How much work a generation is, in megapixel-steps over all its pictures or frames. */
export function costOf(kind: GenerationKind, options: OptionValues): number {
  if (kind === 'upscale') return UPSCALE_COST;
  const number = (name: string): number => Number(options[name] ?? 1);
  const pictures = kind === 'text2video' ? number('video_frames') : number('batch_count');
  return (number('width') * number('height') * number('steps') * pictures) / MEGA;
}
