import type { ModelType } from '../model-type.js';
import type { HeaderRule } from './rule.js';

export interface TypeRule extends HeaderRule {
  type: ModelType;
  /** Where the names come from. */
  source: string;
}

/** Beginnings and parts of names that only the weights of a diffusion model have. */
const DIFFUSION = [
  'model.diffusion_model.',
  '^diffusion_model.',
  '^unet.',
  '^model.x_embedder.proj1.',
  'double_blocks.0.',
  'single_transformer_blocks.0.',
  'joint_blocks.0.',
  'transformer_blocks.0.',
  'double_stream_layers.0.',
  'cap_embedder.',
  'blocks.0.cross_attn.norm_k.',
  '^input_blocks.0.',
  '^nerf_final_layer_conv.',
  '^layers.0.adaLN_sa_ln.',
  '^adaln_single.emb.',
  '^embed_image_indicator.',
  '^net.lq_proj.latent_proj.',
] as const;

const AUTOENCODER = ['^first_stage_model.', '^vae.'] as const;

const TEXT_ENCODER = [
  '^cond_stage_model.',
  '^conditioner.embedders.',
  '^text_encoders.',
  '^te.',
  '^te1.',
  '^model.language_model.',
] as const;

/**
 * What a file is, by the names of its tensors; the first rule that fits decides. What is added to a
 * model comes before what it is added to, because it speaks of the same layers.
 */
export const TYPE_RULES: readonly TypeRule[] = [
  {
    type: 'lora',
    has: [
      [
        '.lora_down.',
        '.lora_up.',
        '.lora_A.',
        '.lora_B.',
        '.lora.down.',
        '.lora.up.',
        '_lora.down.',
        '_lora.up.',
        '.lora_linear',
        '.hada_w1_a',
        '.lokr_w1',
        '.oft_blocks',
        '.dora_scale',
      ],
    ],
    source:
      'stable-diffusion.cpp src/name_conversion.cpp (lora_suffix_map); LyCORIS lycoris/modules for hada, lokr, oft and dora',
  },
  {
    type: 'controlnet',
    has: [
      [
        '^control_model.',
        '^controlnet_cond_embedding.',
        '^controlnet_blocks.',
        '^controlnet_down_blocks.',
        '^controlnet_mode_embedder.',
        '^input_hint_block.',
        '^zero_convs.',
        '^control_blocks.0.',
      ],
    ],
    source:
      'stable-diffusion.cpp src/model/diffusion/control.hpp; diffusers models/controlnets/controlnet.py, controlnet_flux.py',
  },
  {
    type: 'esrgan',
    has: [
      [
        '^conv_first.weight$',
        '.rdb1.conv1.weight$',
        '.RDB1.conv1.0.weight$',
        '^model.1.sub.0.RDB1.',
        '^RRDB_trunk.',
      ],
    ],
    source: 'stable-diffusion.cpp src/model/upscaler/esrgan.hpp, convert_esrgan_tensor_name',
  },
  {
    type: 'embedding',
    has: [['^emb_params$', '^clip_l$', '^clip_g$', '^<']],
    lacks: ['.'],
    source:
      'AUTOMATIC1111 modules/textual_inversion/textual_inversion.py (create_embedding_from_data); diffusers loaders/textual_inversion.py',
  },
  {
    type: 'checkpoint',
    has: [DIFFUSION, [...AUTOENCODER, ...TEXT_ENCODER]],
    source:
      'stable-diffusion.cpp src/name_conversion.cpp (cond_stage_model_prefix_vec, diffuison_model_prefix_vec, first_stage_model_prefix_vec)',
  },
  {
    type: 'diffusion',
    has: [DIFFUSION],
    source: 'stable-diffusion.cpp src/model_loader.cpp (get_sd_version)',
  },
  {
    type: 'diffusion',
    has: [['^down_blocks.0.'], ['^time_embedding.', '^add_embedding.', '^conv_in.']],
    source: 'diffusers models/unets/unet_2d_condition.py',
  },
  {
    type: 'taesd',
    has: [
      [
        '^decoder.layers.0.',
        '^encoder.layers.0.conv.0.',
        '^decoder.3.conv.0.',
        '^3.conv.0.weight$',
        '^tae.',
        '^taesd_decoder.',
      ],
    ],
    lacks: ['self_attn'],
    source:
      'stable-diffusion.cpp src/model/vae/tae.hpp; https://github.com/madebyollin/taesd taesd.py',
  },
  {
    type: 'vae',
    has: [
      [
        ...AUTOENCODER,
        '^decoder.conv_in.',
        '^decoder.up.0.',
        '^decoder.up_blocks.0.',
        '^encoder.down.0.',
        '^encoder.down_blocks.0.',
        '^decoder.conv1.weight$',
        '^decoder.middle.0.residual.',
      ],
    ],
    source:
      'stable-diffusion.cpp src/model/vae/auto_encoder_kl.hpp, wan_vae.hpp; diffusers models/autoencoders',
  },
  {
    type: 't5',
    has: [['encoder.block.0.layer.0.SelfAttention.', '^enc.blk.0.']],
    source:
      'stable-diffusion.cpp src/model/te/t5.hpp; llama.cpp gguf-py constants (MODEL_ARCH.T5ENCODER)',
  },
  {
    type: 'llm',
    has: [['^blk.0.attn_', 'layers.0.self_attn.q_proj.', '^blk.0.ssm_']],
    lacks: ['text_model.', 'vision_model.'],
    source: 'stable-diffusion.cpp src/model/te/llm.hpp; llama.cpp gguf-py constants (MODEL_TENSOR)',
  },
  {
    type: 'clip',
    has: [
      [
        'text_model.encoder.layers.0.',
        'text_model.embeddings.',
        'vision_model.encoder.layers.0.',
        'transformer.resblocks.0.',
      ],
    ],
    source: 'stable-diffusion.cpp src/model/te/clip.hpp; OpenCLIP model.py',
  },
];
