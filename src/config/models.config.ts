import { delimiter } from 'node:path';
import { boolean, integer, list, Setting } from './setting.js';

/** A setting that names further folders of one type of model. */
function Folders(env: string, what: string): PropertyDecorator {
  return Setting({
    env,
    parse: list(delimiter),
    doc: `Further folders whose files are all ${what}, separated by "${delimiter}".`,
    shownDefault: 'none',
  });
}

/** The models on disk, and how many of them are in memory. */
export class ModelsConfig {
  @Folders('ATELIER_CHECKPOINT_DIR', 'checkpoints')
  checkpointDirs: string[] = [];

  @Folders('ATELIER_DIFFUSION_DIR', 'diffusion models without text encoder and VAE')
  diffusionDirs: string[] = [];

  @Folders('ATELIER_VAE_DIR', 'VAEs')
  vaeDirs: string[] = [];

  @Folders('ATELIER_LORA_DIR', 'LoRAs')
  loraDirs: string[] = [];

  @Folders('ATELIER_CONTROLNET_DIR', 'ControlNets')
  controlnetDirs: string[] = [];

  @Folders('ATELIER_EMBEDDING_DIR', 'embeddings (textual inversion)')
  embeddingDirs: string[] = [];

  @Folders('ATELIER_ESRGAN_DIR', 'upscalers (ESRGAN)')
  esrganDirs: string[] = [];

  @Folders('ATELIER_TAESD_DIR', 'small decoders (TAESD)')
  taesdDirs: string[] = [];

  @Folders('ATELIER_CLIP_DIR', 'CLIP text encoders')
  clipDirs: string[] = [];

  @Folders('ATELIER_T5_DIR', 'T5 text encoders')
  t5Dirs: string[] = [];

  @Folders('ATELIER_LLM_DIR', 'language models')
  llmDirs: string[] = [];

  @Setting({
    env: 'ATELIER_MODELS_WATCH',
    parse: boolean,
    doc: 'Whether the models folders are watched, so that a file that comes or goes is known at once.',
  })
  watch = true;

  @Setting({
    env: 'ATELIER_MODELS_HASH',
    parse: boolean,
    doc: 'Whether the SHA-256 of every model is computed in the background; without it, only when it is needed.',
  })
  hash = true;

  @Setting({
    env: 'ATELIER_MODELS_MEMORY_MB',
    parse: integer(0),
    doc: 'How many MiB the loaded models may take together, estimated by the sizes of their files; beyond it the least recently used ones are unloaded. 0: no bound.',
  })
  memoryMb = 0;

  @Setting({
    env: 'ATELIER_MODELS_IDLE_MINUTES',
    parse: integer(0, 1440),
    doc: 'Minutes after which a model that nobody uses is unloaded; it is loaded again when it is wanted. 0: never. Administrators can change it while the server runs.',
  })
  idleMinutes = 0;
}
