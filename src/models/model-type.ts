/**
 * What a model can be; the first seven are those that seed stable-diffusion-cpp-rest documents
 * ("Get available model types"), in its order.
 */
export const MODEL_TYPES = [
  'checkpoint',
  'vae',
  'lora',
  'controlnet',
  'embedding',
  'esrgan',
  'taesd',
  'diffusion',
  'clip',
  't5',
  'llm',
] as const;

export type ModelType = (typeof MODEL_TYPES)[number];

/** The types that a picture can be drawn with; the others are parts of those, or add to them. */
export const DRAWABLE_TYPES: readonly ModelType[] = ['checkpoint', 'diffusion'];

/** The type that enlarges pictures, by itself. */
export const UPSCALER_TYPE: ModelType = 'esrgan';

/** The types that work by themselves, and so are loaded by themselves. */
export const LOADABLE_TYPES: readonly ModelType[] = [...DRAWABLE_TYPES, UPSCALER_TYPE];

interface ConventionalFolder {
  type: ModelType;
  /** As they are spelled; upper and lower case are the same. */
  names: readonly string[];
}

/**
 * Names of subfolders that say what is in them. ComfyUI: folder_paths.py; AUTOMATIC1111: models/ and
 * its README; stable-diffusion.cpp-rest: the same as AUTOMATIC1111.
 */
export const CONVENTIONAL_FOLDERS: readonly ConventionalFolder[] = [
  { type: 'checkpoint', names: ['checkpoints', 'Stable-diffusion', 'StableDiffusion'] },
  { type: 'diffusion', names: ['diffusion_models', 'unet'] },
  { type: 'vae', names: ['vae'] },
  { type: 'lora', names: ['loras', 'lora'] },
  { type: 'controlnet', names: ['controlnet'] },
  { type: 'embedding', names: ['embeddings'] },
  { type: 'esrgan', names: ['esrgan', 'upscale_models', 'upscalers'] },
  { type: 'taesd', names: ['taesd', 'vae_approx'] },
  { type: 'clip', names: ['clip', 'text_encoders'] },
  { type: 't5', names: ['t5'] },
  { type: 'llm', names: ['llm'] },
];

const TYPE_BY_FOLDER = new Map(
  CONVENTIONAL_FOLDERS.flatMap(({ type, names }) =>
    names.map((name) => [name.toLowerCase(), type]),
  ),
);

/** What a subfolder of this name holds by convention; undefined where its name says nothing. */
export function typeOfFolder(name: string): ModelType | undefined {
  return TYPE_BY_FOLDER.get(name.toLowerCase());
}

/** Types that one folder holds side by side by custom: there the file's own tensors tell them apart. */
const FAMILIES: ReadonlyArray<readonly ModelType[]> = [
  ['checkpoint', 'diffusion'],
  ['clip', 't5', 'llm'],
  ['vae', 'taesd'],
];

/**
 * What a file is: what its folder says, but for what is often put into the same folder; without a word
 * of its folder what its tensors say. A file that nobody knows is a checkpoint: the engine will tell.
 */
export function settleType(byFolder: ModelType | null, byTensors: ModelType | null): ModelType {
  if (!byFolder) return byTensors ?? 'checkpoint';
  const family = FAMILIES.find((types) => types.includes(byFolder)) ?? [];
  return byTensors && family.includes(byTensors) ? byTensors : byFolder;
}
