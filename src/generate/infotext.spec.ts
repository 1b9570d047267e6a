import { describe, expect, it } from 'vitest';
import { infotext, type Recipe } from './infotext.js';

const HEX = '0123456789abcdef'.repeat(4);

const RECIPE: Recipe = {
  options: { prompt: 'a cat', steps: 8, width: 64, height: 32 },
  seed: 5,
  modelName: 'tiny',
  modelHash: HEX,
  loras: [],
  embeddings: [],
  version: 'atelier 1',
};

describe('infotext', () => {
  it('says nothing of files that were not used', () => {
    expect(infotext(RECIPE)).toBe(
      'a cat\nSteps: 8, Seed: 5, Size: 64x32, Model hash: 0123456789, Model: tiny, Version: atelier 1',
    );
  });

  it('names the VAE, the textual inversions and the LoRAs with their hashes', () => {
    const text = infotext({
      ...RECIPE,
      vae: { name: 'soft.safetensors', sha256: HEX },
      embeddings: [{ name: 'bad-hands', sha256: HEX }],
      loras: [
        { name: 'ink', sha256: HEX, tensors: `f${HEX}`.slice(0, 64) },
        { name: 'old:paper, torn', sha256: HEX, tensors: HEX },
      ],
    });
    expect(text).toContain(
      'VAE hash: 0123456789, VAE: soft.safetensors, TI hashes: "bad-hands: 0123456789ab", ' +
        'Lora hashes: "ink: f0123456789a, oldpaper torn: 0123456789ab", Version',
    );
  });

  it('has the LoRAs of the list in the prompt, where readers look for them', () => {
    const loras = [
      { name: 'ink', multiplier: 0.8, is_high_noise: false },
      { name: 'glow', multiplier: 1, is_high_noise: true },
    ];
    const options = { ...RECIPE.options, prompt: 'a cat <lora:paper:1>', loras };
    expect(infotext({ ...RECIPE, options }).split('\n')[0]).toBe(
      'a cat <lora:paper:1> <lora:ink:0.8> <lora:|high_noise|glow:1>',
    );
  });
});
