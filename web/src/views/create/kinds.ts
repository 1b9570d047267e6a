import type { ModelView } from '../../api/generated/types.gen.js';
import type { Kind, ModelType } from './parameters.js';

export interface KindFacts {
  kind: Kind;
  label: string;
  /** What is not there and has to be, as a sentence; undefined where nothing is missing. */
  lacking: string | undefined;
}

const LABELS: Record<Kind, string> = {
  text2img: 'Text to image',
  img2img: 'Image to image',
  inpainting: 'Inpainting',
  controlnet: 'ControlNet',
  upscale: 'Upscale',
  text2video: 'Video',
};

/** Architectures that make videos (docs/models.md). */
const VIDEO = /^(wan|ltx|svd)/;

type Described = Pick<ModelView, 'type' | 'architecture'>;

export function labelOfKind(kind: string): string {
  return kind in LABELS ? LABELS[kind as Kind] : kind;
}

/** Whether the model can do the work of this kind; one of unknown architecture may. */
export function serves(kind: Kind, { type, architecture }: Described): boolean {
  if (kind === 'upscale') return type === 'esrgan';
  if (type !== 'checkpoint' && type !== 'diffusion') return false;
  return kind !== 'text2video' || architecture === null || VIDEO.test(architecture);
}

function lacking(kind: Kind, models: readonly Described[]): string | undefined {
  const has = (type: ModelType): boolean => models.some((model) => model.type === type);
  if (!models.some((model) => serves(kind, model))) {
    if (kind === 'upscale') return 'There is no model that enlarges pictures (ESRGAN).';
    if (kind === 'text2video') return 'There is no model that makes videos (such as Wan or LTX).';
    return 'There is no model that draws.';
  }
  return kind === 'controlnet' && !has('controlnet') ? 'There is no ControlNet model.' : undefined;
}

/** Every kind of generation, and what is in its way on this server. */
export function kindFacts(models: readonly Described[]): KindFacts[] {
  return (Object.keys(LABELS) as Kind[]).map((kind) => ({
    kind,
    label: LABELS[kind],
    lacking: lacking(kind, models),
  }));
}
