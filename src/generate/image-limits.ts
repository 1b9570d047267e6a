import type { FieldProblem } from '../common/index.js';
import type { Config } from '../config/index.js';
import type { Model } from '../models/index.js';
import type { OptionValues } from './generation-request.js';
import type { GenerationKind } from './options/index.js';

export interface ImageSize {
  /** Pixels. */
  width: number;
  height: number;
}

/** The images of a job at their largest, and the option that makes them so large. */
export interface OutputSize extends ImageSize {
  field: string;
  count: number;
  /** The option that says how many there are. */
  countField: string;
}

type Limits = Config['images'];

const MEGA = 1_000_000;

/** How many times larger upscalers make each side that nothing is known of: most are made for four. */
export const USUAL_UPSCALER_FACTOR = 4;

/** What the engine's second pass does where the request does not say (stable-diffusion.cpp, sd_hires_params_init). */
const HIRES_SCALE = 2;

/** Architectures that make videos; of those, only Wan models are guided by control frames. */
const VIDEO_ARCHITECTURES = ['wan2', 'wan2.2-ti2v', 'wan2.2-i2v', 'ltx-video', 'svd'];
const CONTROLLED_ARCHITECTURES = ['wan2', 'wan2.2-ti2v', 'wan2.2-i2v'];

function numberOf(options: OptionValues, name: string, fallback: number): number {
  const value = options[name];
  return typeof value === 'number' ? value : fallback;
}

/**
 * An image at its largest while it is upscaled.
 * @param factor of the upscaler; with an `upscale_factor`, each result is resampled to that before the next
 */
export function upscaledSize(
  { width, height }: ImageSize,
  options: OptionValues,
  factor = USUAL_UPSCALER_FACTOR,
): ImageSize {
  const kept = numberOf(options, 'upscale_factor', factor);
  const repeats = numberOf(options, 'upscale_repeats', 1);
  const scale = kept ** (repeats - 1) * Math.max(kept, factor);
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

function hiresSize({ width, height }: ImageSize, options: OptionValues): ImageSize {
  const scale = numberOf(options, 'hires_scale', HIRES_SCALE);
  const side = (name: string, length: number): number =>
    numberOf(options, name, 0) || Math.round(length * scale);
  return { width: side('hires_width', width), height: side('hires_height', height) };
}

/**
 * How large the images of a request become, known before anything is done for it.
 * @param inputs the sizes of its input images, by the names of their options
 * @param factor of the upscaler that it uses, where that is known
 */
export function outputSize(
  kind: GenerationKind,
  options: OptionValues,
  inputs: ReadonlyMap<string, ImageSize>,
  factor?: number,
): OutputSize {
  const nothing = { width: 0, height: 0 };
  if (kind === 'upscale') {
    const size = upscaledSize(inputs.get('image') ?? nothing, options, factor);
    return { ...size, count: 1, field: 'image', countField: 'image' };
  }
  const isVideo = kind === 'text2video';
  const countField = isVideo ? 'video_frames' : 'batch_count';
  const count = numberOf(options, countField, 1);
  const first = { width: numberOf(options, 'width', 0), height: numberOf(options, 'height', 0) };
  let output: ImageSize & { field: string } = { ...first, field: 'width' };
  if (options['hires_fix'] === true) output = { ...hiresSize(first, options), field: 'hires_fix' };
  const around = inputs.get('init_image');
  if (options['masked_only'] === true && around) output = { ...around, field: 'init_image' };
  if (options['upscale'] === true)
    output = { ...upscaledSize(output, options, factor), field: 'upscale' };
  return { ...output, count, countField };
}

function megapixels(pixels: number): string {
  return (pixels / MEGA).toFixed(1);
}

/** What is wrong with how large the images of a request become. */
export function outputProblems(
  { width, height, count, field, countField }: OutputSize,
  limits: Limits,
): FieldProblem[] {
  const pixels = width * height;
  const size = `${width}x${height} pixels (${megapixels(pixels)} megapixels)`;
  if (pixels > limits.outputMegapixels * MEGA) {
    const message = `${field}: the result would have ${size}; an image may have ${limits.outputMegapixels} megapixels.`;
    return [{ field, message }];
  }
  if (pixels * count > limits.jobMegapixels * MEGA) {
    const message = `${countField}: ${count} images of ${size} have ${megapixels(pixels * count)} megapixels together; a request may ask for ${limits.jobMegapixels}. Ask for fewer or smaller ones.`;
    return [{ field: countField, message }];
  }
  return [];
}

/** What is wrong with how large the input images of a request are together. */
export function inputProblems(
  inputs: ReadonlyArray<ImageSize & { field: string }>,
  { inputMegapixels }: Limits,
): FieldProblem[] {
  const pixels = inputs.reduce((sum, { width, height }) => sum + width * height, 0);
  if (pixels <= inputMegapixels * MEGA) return [];
  const field = inputs.at(-1)?.field ?? '';
  const message = `${field}: the images of this request have more than ${inputMegapixels} megapixels together, the most that is accepted. Send fewer or smaller ones.`;
  return [{ field, message }];
}

/** What the model cannot do with what a request brings, as far as its architecture is known. */
export function modelProblems(
  kind: GenerationKind,
  options: OptionValues,
  { name, architecture }: Pick<Model, 'name' | 'architecture'>,
): FieldProblem[] {
  if (kind !== 'text2video') return [];
  const frames = options['control_frames'];
  if (!Array.isArray(frames) || frames.length === 0) return [];
  const field = 'control_frames';
  if (architecture !== null && !CONTROLLED_ARCHITECTURES.includes(architecture)) {
    const what = VIDEO_ARCHITECTURES.includes(architecture)
      ? 'takes no control frames'
      : 'makes no videos';
    return [{ field, message: `${field} cannot be used: the model "${name}" ${what}.` }];
  }
  const longest = numberOf(options, 'video_frames', 1);
  if (frames.length <= longest) return [];
  const message = `${field} has ${frames.length} images, more than the ${longest} frames of the video (video_frames).`;
  return [{ field, message }];
}
