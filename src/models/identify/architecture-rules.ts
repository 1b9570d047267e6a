import type { ModelType } from '../model-type.js';
import type { HeaderRule, ShapeRule } from './rule.js';

export interface ArchitectureRule extends HeaderRule {
  architecture: string;
  /** The types that it speaks of; absent: whatever draws, and what is added to that. */
  types?: readonly ModelType[];
  /** Where names and sizes come from. */
  source: string;
}

/** The types that a rule without `types` speaks of. */
export const DRAWING_TYPES: readonly ModelType[] = [
  'checkpoint',
  'diffusion',
  'controlnet',
  'lora',
];

const VERSION = 'stable-diffusion.cpp src/model_loader.cpp (get_sd_version)';

function axis(number: number, tensors: readonly string[], is: number): ShapeRule[] {
  return tensors.map((tensor) => ({ tensor, axis: number, is }));
}

function lastAxis(tensors: readonly string[], is: number): ShapeRule[] {
  return axis(-1, tensors, is);
}

/** How wide the text is that the UNet looks at: what tells the UNets apart, in a LoRA or ControlNet too. */
function textWidth(is: number): ShapeRule[] {
  const ends = ['weight', 'lora_down.weight', 'lora_A.weight', 'lora.down.weight'];
  return lastAxis(
    ends.map((end) => `attn2.to_k.${end}`),
    is,
  );
}

/** How many channels the UNet takes: 9 with a mask, 8 with a picture to change. */
function inputChannels(is: number): ShapeRule[] {
  return axis(1, ['input_blocks.0.0.weight', 'unet.conv_in.weight'], is);
}

/** How many channels a video model takes; GGUF lays the first two of the five axes together. */
function patchChannels(channels: number, width: number): ShapeRule[] {
  return [
    ...axis(1, ['patch_embedding.weight'], channels),
    ...axis(0, ['patch_embedding.weight'], channels * width),
  ];
}

const UNET_SOURCE = `${VERSION}; context_dim in Stability's v1-inference.yaml (768), v2-inference.yaml (1024) and sd_xl_base.yaml (2048)`;

/** The architecture of a model by its tensors; the first rule that fits decides. */
export const ARCHITECTURE_RULES: readonly ArchitectureRule[] = [
  { architecture: 'pid', has: [['net.lq_proj.latent_proj.0.weight']], source: VERSION },
  { architecture: 'ideogram-4', has: [['embed_image_indicator.weight']], source: VERSION },
  { architecture: 'chroma-radiance', has: [['nerf_final_layer_conv.']], source: VERSION },
  { architecture: 'sd3', has: [['joint_blocks.']], source: VERSION },
  {
    architecture: 'hidream-o1',
    has: [['x_embedder.proj1.weight'], ['language_model.layers.0.self_attn.q_proj.weight']],
    source: VERSION,
  },
  {
    architecture: 'hidream-i1',
    has: [['double_stream_blocks.0.', 'double_stream_layers.0.']],
    source: 'ComfyUI comfy/model_detection.py (hidream)',
  },
  {
    architecture: 'lens',
    has: [
      ['transformer_blocks.0.attn.norm_added_q.weight'],
      ['transformer_blocks.0.img_mlp.w1.weight'],
    ],
    source: VERSION,
  },
  {
    architecture: 'qwen-image',
    has: [['transformer_blocks.0.img_mod.1', 'transformer_blocks.0.img_mlp.net']],
    source: VERSION,
  },
  { architecture: 'anima', has: [['llm_adapter.blocks.0.cross_attn.q_proj']], source: VERSION },
  {
    architecture: 'ovis-image',
    has: [['double_blocks.0.img_mlp.gate_proj.weight']],
    source: VERSION,
  },
  {
    architecture: 'flux2',
    has: [['double_stream_modulation_img.lin'], ['single_blocks.47.linear1']],
    source: VERSION,
  },
  {
    architecture: 'flux2-klein',
    has: [['double_stream_modulation_img.lin']],
    source: VERSION,
  },
  {
    architecture: 'chroma',
    has: [['double_blocks.'], ['distilled_guidance_layer.']],
    source: 'stable-diffusion.cpp src/model/diffusion/flux.hpp (is_chroma)',
  },
  {
    architecture: 'longcat',
    has: [['double_blocks.', 'single_transformer_blocks.']],
    shapes: [lastAxis(['txt_in.weight', 'context_embedder.weight'], 3584)],
    source: VERSION,
  },
  {
    architecture: 'flux-fill',
    has: [['double_blocks.', 'single_transformer_blocks.']],
    shapes: [lastAxis(['img_in.weight'], 384)],
    source: VERSION,
  },
  {
    architecture: 'flux-controls',
    has: [['double_blocks.', 'single_transformer_blocks.']],
    shapes: [lastAxis(['img_in.weight'], 128)],
    source: VERSION,
  },
  {
    architecture: 'flex-2',
    has: [['double_blocks.', 'single_transformer_blocks.']],
    shapes: [lastAxis(['img_in.weight'], 196)],
    source: VERSION,
  },
  {
    architecture: 'flux',
    has: [['double_blocks.', 'single_transformer_blocks.']],
    source: VERSION,
  },
  {
    architecture: 'z-image',
    has: [['cap_embedder.0.weight', 'noise_refiner.0.attention']],
    source: `${VERSION}; stable-diffusion.cpp src/model/diffusion/z_image.hpp`,
  },
  { architecture: 'ernie-image', has: [['layers.0.adaLN_sa_ln.weight']], source: VERSION },
  {
    architecture: 'ltx-video',
    has: [['adaln_single.emb.timestep_embedder.linear_1']],
    source: VERSION,
  },
  {
    architecture: 'wan2.2-ti2v',
    has: [['blocks.0.cross_attn.']],
    lacks: ['img_emb'],
    shapes: [patchChannels(48, 3072)],
    source: `${VERSION}; Wan2.2 configs/wan_ti2v_5B.py (48 channels)`,
  },
  {
    architecture: 'wan2.2-i2v',
    has: [['blocks.0.cross_attn.']],
    lacks: ['img_emb'],
    shapes: [patchChannels(36, 5120)],
    source: `${VERSION}; Wan2.2 configs/wan_i2v_A14B.py (36 channels)`,
  },
  { architecture: 'wan2', has: [['blocks.0.cross_attn.']], source: VERSION },
  { architecture: 'svd', has: [['input_blocks.8.0.time_mixer.mix_factor']], source: VERSION },
  {
    architecture: 'sdxl-inpaint',
    shapes: [textWidth(2048), inputChannels(9)],
    source: UNET_SOURCE,
  },
  {
    architecture: 'sdxl-vega',
    has: [['input_blocks.0.0.']],
    lacks: ['middle_block.1.', 'output_blocks.3.1.transformer_blocks.1'],
    shapes: [textWidth(2048)],
    source: VERSION,
  },
  {
    architecture: 'sdxl-ssd1b',
    has: [['input_blocks.0.0.']],
    lacks: ['middle_block.1.'],
    shapes: [textWidth(2048)],
    source: VERSION,
  },
  { architecture: 'sdxl', shapes: [textWidth(2048)], source: UNET_SOURCE },
  {
    architecture: 'sd2-inpaint',
    shapes: [textWidth(1024), inputChannels(9)],
    source: UNET_SOURCE,
  },
  { architecture: 'sd2', shapes: [textWidth(1024)], source: UNET_SOURCE },
  {
    architecture: 'sd1-inpaint',
    shapes: [textWidth(768), inputChannels(9)],
    source: UNET_SOURCE,
  },
  {
    architecture: 'sd1-pix2pix',
    shapes: [textWidth(768), inputChannels(8)],
    source: UNET_SOURCE,
  },
  { architecture: 'sd1', shapes: [textWidth(768)], source: UNET_SOURCE },
  {
    architecture: 'sdxl',
    types: ['lora'],
    has: [['^lora_te2_', '^lora_te1_', '^lycoris_te2_', '^text_encoder_2.']],
    source: 'stable-diffusion.cpp src/name_conversion.cpp (underline_lora_prefix_vec)',
  },
  {
    architecture: 'clip-g',
    types: ['clip', 'embedding'],
    shapes: [lastAxis(['token_embedding.weight', 'clip_g'], 1280)],
    source: 'stable-diffusion.cpp src/model/te/clip.hpp (OPEN_CLIP_VIT_BIGG_14)',
  },
  {
    architecture: 'clip-h',
    types: ['clip', 'embedding'],
    shapes: [lastAxis(['token_embedding.weight', 'emb_params'], 1024)],
    source: 'stable-diffusion.cpp src/model/te/clip.hpp (OPEN_CLIP_VIT_H_14)',
  },
  {
    architecture: 'clip-l',
    types: ['clip', 'embedding'],
    shapes: [lastAxis(['token_embedding.weight', 'emb_params'], 768)],
    source: 'stable-diffusion.cpp src/model/te/clip.hpp (OPENAI_CLIP_VIT_L_14)',
  },
  {
    architecture: 'umt5-xxl',
    types: ['t5'],
    shapes: [axis(0, ['shared.weight', 'token_embd.weight'], 256_384)],
    source: 'stable-diffusion.cpp src/model/te/t5.hpp (vocab_size)',
  },
  {
    architecture: 't5-xxl',
    types: ['t5'],
    shapes: [lastAxis(['shared.weight', 'token_embd.weight'], 4096)],
    source: 'stable-diffusion.cpp src/model/te/t5.hpp (model_dim)',
  },
  {
    architecture: 'wan-vae',
    types: ['vae'],
    has: [['decoder.middle.0.residual.']],
    source: 'stable-diffusion.cpp src/model/vae/wan_vae.hpp',
  },
  ...[16, 48, 128].map((channels): ArchitectureRule => ({
    architecture: `taehv-${channels}`,
    types: ['taesd'],
    has: [['decoder.3.conv.0.', '^3.conv.0.weight$']],
    shapes: [axis(1, ['decoder.1.weight'], channels)],
    source: 'stable-diffusion.cpp src/model/vae/tae.hpp (TAEHV z_channels)',
  })),
  ...[4, 16, 32].map((channels): ArchitectureRule => ({
    architecture: `taesd-${channels}`,
    types: ['taesd'],
    shapes: [axis(1, ['decoder.layers.0.weight'], channels)],
    source: 'stable-diffusion.cpp src/model/vae/tae.hpp (TAESD z_channels)',
  })),
  ...[4, 16, 32].map((channels): ArchitectureRule => ({
    architecture: `vae-${channels}`,
    types: ['vae'],
    shapes: [axis(1, ['decoder.conv_in.weight'], channels)],
    source: 'stable-diffusion.cpp src/model/vae/auto_encoder_kl.hpp (z_channels)',
  })),
];
