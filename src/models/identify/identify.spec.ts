import { describe, expect, it } from 'vitest';
import type { TensorInfo, WeightHeader } from '../headers/header.js';
import type { ModelType } from '../model-type.js';
import { ARCHITECTURE_RULES } from './architecture-rules.js';
import { identify } from './identify.js';
import { TYPE_RULES } from './type-rules.js';

type Shapes = Record<string, number[]>;

function headerOf(shapes: Shapes, metadata: WeightHeader['metadata'] = {}): WeightHeader {
  const tensors = Object.entries(shapes).map(([name, shape]): TensorInfo => ({
    name,
    shape,
    type: 'f16',
    bytes: 2,
  }));
  return { format: 'safetensors', tensors, metadata };
}

function told(shapes: Shapes, metadata?: WeightHeader['metadata']) {
  const { type, architecture } = identify(headerOf(shapes, metadata), (found) => found ?? 'vae');
  return { type, architecture };
}

const D = 'model.diffusion_model.';
const VAE = { 'first_stage_model.decoder.conv_in.weight': [512, 4, 3, 3] };
const UNET = { [`${D}middle_block.1.norm.weight`]: [1280] };

function unet(width: number, channels = 4, prefix = D): Shapes {
  return {
    ...(prefix === D ? UNET : { [`${prefix}middle_block.1.norm.weight`]: [1280] }),
    [`${prefix}input_blocks.0.0.weight`]: [320, channels, 3, 3],
    [`${prefix}output_blocks.3.1.transformer_blocks.1.norm1.weight`]: [640],
    [`${prefix}input_blocks.4.1.transformer_blocks.0.attn2.to_k.weight`]: [640, width],
  };
}

const UNSUPPORTED_SHAPE = [8, 8];

describe('what a file is', () => {
  it.each<[string, Shapes, ModelType | null, string | null]>([
    ['SD 1', { ...unet(768), ...VAE }, 'checkpoint', 'sd1'],
    ['SD 1 for inpainting', { ...unet(768, 9), ...VAE }, 'checkpoint', 'sd1-inpaint'],
    ['SD 1 that follows instructions', { ...unet(768, 8), ...VAE }, 'checkpoint', 'sd1-pix2pix'],
    ['SD 2', { ...unet(1024), ...VAE }, 'checkpoint', 'sd2'],
    ['SD 2 for inpainting', { ...unet(1024, 9), ...VAE }, 'checkpoint', 'sd2-inpaint'],
    ['SDXL', { ...unet(2048), ...VAE }, 'checkpoint', 'sdxl'],
    ['SDXL for inpainting', { ...unet(2048, 9), ...VAE }, 'checkpoint', 'sdxl-inpaint'],
    ['SDXL without its VAE', unet(2048), 'diffusion', 'sdxl'],
    [
      'a UNet of diffusers',
      {
        'down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.weight': [320, 768],
        'conv_in.weight': [320, 4, 3, 3],
      },
      'diffusion',
      'sd1',
    ],
    [
      'SD 3',
      { [`${D}joint_blocks.0.x_block.attn.qkv.weight`]: [1, 1], ...VAE },
      'checkpoint',
      'sd3',
    ],
    ['Flux', { 'double_blocks.0.img_attn.qkv.weight': [9216, 3072] }, 'diffusion', 'flux'],
    [
      'Flux to fill in',
      { 'double_blocks.0.img_attn.qkv.weight': [1, 1], 'img_in.weight': [3072, 384] },
      'diffusion',
      'flux-fill',
    ],
    [
      'Flux 2',
      {
        'double_blocks.0.img_attn.qkv.weight': [1, 1],
        'double_stream_modulation_img.lin.weight': [1, 1],
        'single_blocks.47.linear1.weight': [1, 1],
      },
      'diffusion',
      'flux2',
    ],
    [
      'Chroma',
      {
        'double_blocks.0.img_attn.qkv.weight': [1, 1],
        'distilled_guidance_layer.in_proj.weight': [1, 1],
      },
      'diffusion',
      'chroma',
    ],
    ['Z-Image', { 'cap_embedder.0.weight': [2560] }, 'diffusion', 'z-image'],
    ['Qwen-Image', { 'transformer_blocks.0.img_mod.1.weight': [1, 1] }, 'diffusion', 'qwen-image'],
    [
      'Wan 2.1',
      {
        'blocks.0.cross_attn.norm_k.weight': [5120],
        'patch_embedding.weight': [5120, 16, 1, 2, 2],
      },
      'diffusion',
      'wan2',
    ],
    [
      'Wan 2.2, text and image, as GGUF',
      {
        'blocks.0.cross_attn.norm_k.weight': [3072],
        'patch_embedding.weight': [48 * 3072, 1, 2, 2],
      },
      'diffusion',
      'wan2.2-ti2v',
    ],
    [
      'a LoRA of kohya',
      {
        'lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k.lora_down.weight': [
          8, 768,
        ],
      },
      'lora',
      'sd1',
    ],
    [
      'a LoRA of PEFT for Flux',
      { 'transformer.single_transformer_blocks.0.attn.to_k.lora_A.weight': [16, 3072] },
      'lora',
      'flux',
    ],
    [
      'a LoRA for SDXL by its second text encoder',
      { 'lora_te2_text_model_encoder_layers_0_mlp_fc1.lora_up.weight': [1280, 8] },
      'lora',
      'sdxl',
    ],
    ['a LoHa', { 'lora_unet_mid_block_x.hada_w1_a': [4, 4] }, 'lora', null],
    ['a ControlNet', unet(768, 4, 'control_model.'), 'controlnet', 'sd1'],
    [
      'a ControlNet of diffusers',
      { 'controlnet_cond_embedding.conv_in.weight': [16, 3, 3, 3] },
      'controlnet',
      null,
    ],
    ['an embedding', { emb_params: [4, 768] }, 'embedding', 'clip-l'],
    ['an embedding for SDXL', { clip_g: [4, 1280], clip_l: [4, 768] }, 'embedding', 'clip-g'],
    ['ESRGAN', { 'conv_first.weight': [64, 3, 3, 3] }, 'esrgan', null],
    ['ESRGAN of old', { 'model.1.sub.0.RDB1.conv1.0.weight': [32, 64, 3, 3] }, 'esrgan', null],
    ['TAESD', { 'decoder.layers.0.weight': [64, 4, 3, 3] }, 'taesd', 'taesd-4'],
    ['TAESD of 16 channels', { 'decoder.layers.0.weight': [64, 16, 3, 3] }, 'taesd', 'taesd-16'],
    [
      'TAEHV',
      { 'decoder.1.weight': [256, 16, 3, 3], 'decoder.3.conv.0.weight': [256, 512, 3, 3] },
      'taesd',
      'taehv-16',
    ],
    ['a VAE of 4 channels', { 'decoder.conv_in.weight': [512, 4, 3, 3] }, 'vae', 'vae-4'],
    ['a VAE of 16 channels', { 'decoder.conv_in.weight': [512, 16, 3, 3] }, 'vae', 'vae-16'],
    ['the VAE of Wan', { 'decoder.middle.0.residual.0.gamma': [384, 1, 1, 1] }, 'vae', 'wan-vae'],
    ['CLIP-L', { 'text_model.embeddings.token_embedding.weight': [49_408, 768] }, 'clip', 'clip-l'],
    [
      'CLIP-G',
      {
        'text_model.encoder.layers.0.self_attn.q_proj.weight': [1280, 1280],
        'text_model.embeddings.token_embedding.weight': [49_408, 1280],
      },
      'clip',
      'clip-g',
    ],
    [
      'T5-XXL',
      {
        'encoder.block.0.layer.0.SelfAttention.q.weight': [4096, 4096],
        'shared.weight': [32_128, 4096],
      },
      't5',
      't5-xxl',
    ],
    [
      'UMT5-XXL',
      { 'enc.blk.0.attn_q.weight': [4096, 4096], 'token_embd.weight': [256_384, 4096] },
      't5',
      'umt5-xxl',
    ],
    ['a language model', { 'model.layers.0.self_attn.q_proj.weight': [1, 1] }, 'llm', null],
    ['something else', { 'one.two.three': UNSUPPORTED_SHAPE }, null, null],
    ['nothing', {}, null, null],
  ])('%s', (_name, shapes, type, architecture) => {
    expect(told(shapes)).toEqual({ type, architecture });
  });

  it('is what a GGUF says of a language model', () => {
    const shapes = { 'blk.0.attn_q.weight': [1, 1] };
    expect(told(shapes, { 'general.architecture': 'qwen3' })).toEqual({
      type: 'llm',
      architecture: 'qwen3',
    });
  });
});

describe('what is told besides', () => {
  it('counts numbers, and takes the type that has most bytes', () => {
    const header = headerOf({ a: [10, 10], b: [7] }, { 'modelspec.description': 'x'.repeat(900) });
    header.tensors[0]!.bytes = 100;
    header.tensors[0]!.type = 'q8_0';
    const identity = identify(header, () => 'vae');
    expect(identity).toMatchObject({ parameters: 107, weightType: 'q8_0' });
    expect(identity.description).toHaveLength(500);
  });

  it('is no type of weights for a file without any', () => {
    expect(identify(headerOf({}), () => 'vae').weightType).toBeNull();
  });
});

describe('every rule', () => {
  it('says where it comes from', () => {
    for (const { source } of [...TYPE_RULES, ...ARCHITECTURE_RULES]) {
      expect(source).toMatch(/\w+/);
    }
  });

  it('asks for something', () => {
    for (const { has = [], shapes = [] } of [...TYPE_RULES, ...ARCHITECTURE_RULES]) {
      expect(has.length + shapes.length).toBeGreaterThan(0);
      for (const patterns of has) expect(patterns.length).toBeGreaterThan(0);
    }
  });
});
