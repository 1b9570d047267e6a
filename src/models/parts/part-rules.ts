import type { ModelFiles } from '../../engine/index.js';
import type { ModelType } from '../model-type.js';

/**
 * What a file must be to take a part, by its own tensors. A PhotoMaker looks like a LoRA among other things,
 * and anything can be a `model`: of those nothing is known for certain.
 */
export const PART_TYPES: Partial<Record<keyof ModelFiles, readonly ModelType[]>> = {
  highNoiseDiffusionModel: ['diffusion', 'checkpoint'],
  vae: ['vae'],
  taesd: ['taesd'],
  clipL: ['clip'],
  clipG: ['clip'],
  clipVision: ['clip'],
  t5xxl: ['t5'],
  llm: ['llm'],
  llmVision: ['llm', 'clip'],
  controlNet: ['controlnet'],
};

/** The parts that only some architectures have; the others end the engine with them, or pass over them. */
export const RARE_PARTS: readonly (keyof ModelFiles)[] = ['controlNet', 'highNoiseDiffusionModel'];

type Parts = Partial<Record<keyof ModelFiles, readonly string[]>>;

interface FamilyRule {
  /** Architectures of models. */
  of: readonly string[];
  /** Which architectures their parts may have; a part that is not named may have any. */
  parts: Parts;
  source: string;
}

const SD1 = ['sd1', 'sd1-inpaint', 'sd1-pix2pix'];
const SD2 = ['sd2', 'sd2-inpaint'];
const SDXL = ['sdxl', 'sdxl-inpaint', 'sdxl-vega', 'sdxl-ssd1b'];
const WAN = ['wan2', 'wan2.2-i2v', 'wan2.2-ti2v'];

const FOUR_CHANNELS: Parts = { vae: ['vae-4'], taesd: ['taesd-4'] };
const DECODERS =
  'stable-diffusion.cpp src/model/vae/auto_encoder_kl.hpp and tae.hpp (z_channels), src/model.h (sd_version_is_dit, sd_version_uses_flux2_vae)';

/** What fits to what. */
export const FAMILY_RULES: readonly FamilyRule[] = [
  {
    of: SD1,
    parts: { ...FOUR_CHANNELS, clipL: ['clip-l'], controlNet: SD1 },
    source: `${DECODERS}, src/model/diffusion/control.hpp`,
  },
  {
    of: SD2,
    parts: { ...FOUR_CHANNELS, clipL: ['clip-h'], controlNet: SD2 },
    source: `${DECODERS}, src/model/diffusion/control.hpp`,
  },
  {
    of: SDXL,
    parts: { ...FOUR_CHANNELS, clipL: ['clip-l'], clipG: ['clip-g'], controlNet: SDXL },
    source: `${DECODERS}, src/model/diffusion/control.hpp`,
  },
  { of: ['svd'], parts: FOUR_CHANNELS, source: DECODERS },
  {
    of: ['sd3', 'flux', 'flux-fill', 'flux-controls', 'flex-2', 'chroma'],
    parts: {
      vae: ['vae-16'],
      taesd: ['taesd-16'],
      clipL: ['clip-l'],
      clipG: ['clip-g'],
      t5xxl: ['t5-xxl'],
    },
    source: `${DECODERS}; src/model/te/t5.hpp`,
  },
  {
    of: ['z-image', 'ovis-image', 'longcat'],
    parts: { vae: ['vae-16'], taesd: ['taesd-16'] },
    source: DECODERS,
  },
  {
    of: ['flux2', 'flux2-klein', 'ernie-image', 'lens', 'ideogram-4'],
    parts: { vae: ['vae-32'], taesd: ['taesd-32'] },
    source: DECODERS,
  },
  {
    of: ['wan2', 'wan2.2-i2v'],
    parts: {
      vae: ['wan-vae'],
      taesd: ['taehv-16'],
      t5xxl: ['umt5-xxl'],
      highNoiseDiffusionModel: WAN,
    },
    source: 'stable-diffusion.cpp src/stable-diffusion.cpp (create_vae, create_tae, is_umt5)',
  },
  {
    of: ['wan2.2-ti2v'],
    parts: {
      vae: ['wan-vae'],
      taesd: ['taehv-48'],
      t5xxl: ['umt5-xxl'],
      highNoiseDiffusionModel: WAN,
    },
    source: 'stable-diffusion.cpp src/stable-diffusion.cpp (create_vae, create_tae, is_umt5)',
  },
  {
    of: ['qwen-image', 'anima'],
    parts: { vae: ['wan-vae'], taesd: ['taehv-16'] },
    source: 'stable-diffusion.cpp src/stable-diffusion.cpp (create_vae, create_tae)',
  },
];

/** Architectures whose LoRAs have the same names for layers of other sizes, which ends the engine. */
export const UNETS: readonly (readonly string[])[] = [SD1, SD2, SDXL];
