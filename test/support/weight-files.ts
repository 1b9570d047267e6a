import { randomUUID } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A tensor's name and its shape as PyTorch writes it. */
export type Tensors = Record<string, readonly number[]>;

const BYTES: Record<string, number> = { F32: 4, F16: 2, BF16: 2, F8_E4M3: 1 };

function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** The beginning of a safetensors file with these tensors, and how long the whole file is. */
export function safetensors(
  tensors: Tensors,
  { dtype = 'F16', metadata }: { dtype?: string; metadata?: Record<string, string> } = {},
): { start: Buffer; size: number } {
  let end = 0;
  const entries = Object.entries(tensors).map(([name, shape]) => {
    const begin = end;
    end += elements(shape) * (BYTES[dtype] ?? 1);
    return [name, { dtype, shape, data_offsets: [begin, end] }];
  });
  const header = { ...(metadata && { __metadata__: metadata }), ...Object.fromEntries(entries) };
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const start = Buffer.concat([length, text]);
  return { start, size: start.length + end };
}

function u32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value);
  return buffer;
}

function u64(value: number | bigint): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(BigInt(value));
  return buffer;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([u64(bytes.length), bytes]);
}

/** Numbers of value types in GGUF. */
const TEXT = 8;
const LIST = 9;

function remark(name: string, value: string | string[]): Buffer {
  if (typeof value === 'string') return Buffer.concat([text(name), u32(TEXT), text(value)]);
  const list = [u32(LIST), u32(TEXT), u64(value.length), ...value.map(text)];
  return Buffer.concat([text(name), ...list]);
}

export interface GgufOptions {
  version?: number;
  /** Number of a ggml type; 1 is f16, 8 is q8_0. */
  type?: number;
  metadata?: Record<string, string | string[]>;
}

/** The beginning of a GGUF file with these tensors, and how long the whole file is. */
export function gguf(
  tensors: Tensors,
  { version = 3, type = 1, metadata = {} }: GgufOptions = {},
): { start: Buffer; size: number } {
  const remarks = Object.entries(metadata).map(([name, value]) => remark(name, value));
  let offset = 0;
  const entries = Object.entries(tensors).map(([name, shape]) => {
    const sizes = shape.toReversed().map(u64);
    const entry = [text(name), u32(shape.length), ...sizes, u32(type), u64(offset)];
    offset += type === 8 ? (elements(shape) / 32) * 34 : elements(shape) * 2;
    return Buffer.concat(entry);
  });
  const counts = [u64(entries.length), u64(remarks.length)];
  const head = [Buffer.from('GGUF'), u32(version), ...counts, ...remarks, ...entries];
  const start = Buffer.concat(head);
  return { start, size: Math.ceil(start.length / 32) * 32 + offset };
}

/** Writes a file that is as long as it says, with nothing but its beginning on the disk. */
export async function writeSparse(
  path: string,
  { start, size }: { start: Buffer; size: number },
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'w');
  try {
    await file.write(start);
    await file.truncate(size);
  } finally {
    await file.close();
  }
}

/** What the rules know a checkpoint of Stable Diffusion XL by, and the like. */
export const SAMPLES = {
  sd1: {
    'model.diffusion_model.input_blocks.0.0.weight': [320, 4, 3, 3],
    'model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight': [320, 768],
    'model.diffusion_model.middle_block.1.norm.weight': [1280],
    'first_stage_model.decoder.conv_in.weight': [512, 4, 3, 3],
    'cond_stage_model.transformer.text_model.embeddings.token_embedding.weight': [49, 768],
  },
  sdxl: {
    'model.diffusion_model.input_blocks.0.0.weight': [320, 4, 3, 3],
    'model.diffusion_model.input_blocks.4.1.transformer_blocks.0.attn2.to_k.weight': [640, 2048],
    'model.diffusion_model.middle_block.1.norm.weight': [1280],
    'first_stage_model.decoder.conv_in.weight': [512, 4, 3, 3],
    'conditioner.embedders.0.transformer.text_model.embeddings.position_embedding.weight': [
      77, 768,
    ],
  },
  flux: {
    'double_blocks.0.img_attn.qkv.weight': [9216, 3072],
    'single_blocks.0.linear1.weight': [21_504, 3072],
    'img_in.weight': [3072, 64],
  },
  lora: {
    'lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k.lora_down.weight': [
      8, 768,
    ],
    'lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k.lora_up.weight': [320, 8],
  },
  vae: {
    'decoder.conv_in.weight': [512, 4, 3, 3],
    'encoder.conv_in.weight': [128, 3, 3, 3],
  },
  fluxVae: {
    'decoder.conv_in.weight': [512, 16, 3, 3],
    'encoder.conv_in.weight': [128, 3, 3, 3],
  },
} as const satisfies Record<string, Tensors>;

/** A whole small file of weights; no two are the same. */
export function weights(name: keyof typeof SAMPLES = 'lora'): Buffer {
  const { start, size } = safetensors(SAMPLES[name], { metadata: { mark: randomUUID() } });
  const bytes = Buffer.alloc(size);
  start.copy(bytes);
  for (let at = start.length; at < size; at += 1) bytes[at] = (at * 31) % 251;
  return bytes;
}
