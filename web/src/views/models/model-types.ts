import type { ModelView } from '../../api/generated/types.gen.js';

export type ModelType = ModelView['type'];

/** What the types are called, in the order in which they are shown. */
export const TYPE_NAMES: Readonly<Record<ModelType, string>> = {
  checkpoint: 'Checkpoint',
  diffusion: 'Diffusion model',
  lora: 'LoRA',
  vae: 'VAE',
  controlnet: 'ControlNet',
  embedding: 'Embedding',
  esrgan: 'Upscaler',
  taesd: 'TAESD',
  clip: 'CLIP',
  t5: 'T5',
  llm: 'Language model',
};

export const MODEL_TYPES = Object.keys(TYPE_NAMES) as ModelType[];

export const TYPE_CHOICES = MODEL_TYPES.map((value) => ({ value, label: TYPE_NAMES[value] }));

/** The types that work by themselves; the others are loaded with the model that they belong to. */
const LOADABLE: readonly ModelType[] = ['checkpoint', 'diffusion', 'esrgan'];

export function isLoadable({ type }: Pick<ModelView, 'type'>): boolean {
  return LOADABLE.includes(type);
}
