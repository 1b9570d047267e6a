import type { LoraValue } from './generation-request.js';

/** `<lora:name>` or `<lora:name:0.8>`, the form of AUTOMATIC1111; `<lora:|high_noise|name:1>` as the engine's own command writes it. */
const TAG = /<lora:(\|high_noise\|)?([^:<>]+)(?::([+-]?(?:\d+(?:\.\d+)?|\.\d+)))?>/g;

/** The prompt without its LoRA tags, and what they ask for. */
export function readLoraTags(prompt: string): { prompt: string; loras: LoraValue[] } {
  const loras = Array.from(prompt.matchAll(TAG), ([, highNoise, name = '', multiplier = '1']) => ({
    name: name.trim(),
    multiplier: Number(multiplier),
    is_high_noise: highNoise !== undefined,
  }));
  return { prompt: prompt.replaceAll(TAG, ''), loras };
}
