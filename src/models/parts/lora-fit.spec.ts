import { expect, it } from 'vitest';
import type { TensorInfo } from '../headers/header.js';
import { otherSize } from './lora-fit.js';

function tensors(shapes: Record<string, number[]>): TensorInfo[] {
  return Object.entries(shapes).map(([name, shape]) => ({ name, shape, type: 'f16', bytes: 0 }));
}

const MODEL = tensors({
  'model.diffusion_model.blocks.0.ffn.0.weight': [8960, 1536],
  'model.diffusion_model.blocks.0.conv.weight': [4, 4, 3, 3],
  'blocks.1.ffn.0.weight': [8960, 1536],
});

it.each<[string, Record<string, number[]>, string | undefined]>([
  ['that fits', { 'diffusion_model.blocks.0.ffn.0.lora_A.weight': [8, 1536] }, undefined],
  ['that fits at its other end', { 'blocks.1.ffn.0.lora_up.weight': [8960, 8] }, undefined],
  ['of other names', { 'lora_unet_blocks_0_ffn_0.lora_down.weight': [8, 5120] }, undefined],
  ['for a convolution', { 'blocks.0.conv.lora_down.weight': [8, 5] }, undefined],
  [
    'that takes more',
    { 'transformer.blocks.1.ffn.0.lora_down.weight': [8, 5120] },
    'blocks.1.ffn.0',
  ],
  [
    'that gives more',
    { 'base_model.model.blocks.0.ffn.0.lora_B.default.weight': [13_824, 8] },
    'blocks.0.ffn.0',
  ],
])('a LoRA %s', (_name, lora, layer) => {
  expect(otherSize(tensors(lora), MODEL)).toBe(layer);
});
