import { describe, expect, it } from 'vitest';
import type { ModelFiles } from '../../engine/index.js';
import { ARCHITECTURE_RULES } from '../identify/architecture-rules.js';
import type { ModelType } from '../model-type.js';
import { loraMisfit, partMisfit } from './part-fit.js';
import { FAMILY_RULES } from './part-rules.js';

type Row = [
  part: keyof ModelFiles,
  type: ModelType | null,
  architecture: string | null,
  of: string | null,
];

describe('a file that is to take a part of a model', () => {
  it.each<Row>([
    ['vae', 'vae', 'vae-4', 'sd1'],
    ['vae', 'vae', 'vae-16', 'flux'],
    ['vae', 'vae', 'vae-32', 'flux2'],
    ['vae', 'vae', 'wan-vae', 'wan2'],
    ['taesd', 'taesd', 'taesd-4', 'sdxl'],
    ['taesd', 'taesd', 'taehv-16', 'wan2'],
    ['clipL', 'clip', 'clip-l', 'sdxl'],
    ['clipL', 'clip', 'clip-h', 'sd2'],
    ['clipG', 'clip', 'clip-g', 'sdxl'],
    ['t5xxl', 't5', 'umt5-xxl', 'wan2'],
    ['t5xxl', 't5', 't5-xxl', 'flux'],
    ['controlNet', 'controlnet', 'sd1', 'sd1-inpaint'],
    ['highNoiseDiffusionModel', 'diffusion', 'wan2', 'wan2'],
  ])('can be %s: %s %s for %s', (part, type, architecture, of) => {
    expect(partMisfit(part, { type, architecture }, of)).toBeUndefined();
  });

  it.each<Row>([
    ['vae', null, null, 'sd1'],
    ['vae', null, 'vae-16', null],
    ['vae', 'vae', null, 'sd1'],
    ['vae', 'vae', 'vae-16', 'an architecture of tomorrow'],
    ['photoMaker', 'lora', 'sdxl', 'sdxl'],
    ['model', 'esrgan', null, 'sd1'],
    ['controlNet', 'controlnet', null, 'sd1'],
    ['controlNet', 'controlnet', 'sd1', null],
  ])('is let pass where nothing is known for certain: %s %s %s for %s', (part, type, arch, of) => {
    expect(partMisfit(part, { type, architecture: arch }, of)).toBeUndefined();
  });

  it.each<[...Row, string]>([
    ['vae', 'esrgan', null, null, 'a model of type esrgan, and this must be a model of type vae'],
    ['vae', 'taesd', 'taesd-4', 'sd1', 'a model of type taesd'],
    ['taesd', 'vae', 'vae-4', 'sd1', 'a model of type vae'],
    ['clipL', 't5', 't5-xxl', 'flux', 'must be a model of type clip'],
    ['llmVision', 'vae', null, null, 'a model of type llm or clip'],
    ['controlNet', 'lora', null, null, 'must be a model of type controlnet'],
    ['vae', 'vae', 'vae-16', 'sd1', 'the architecture vae-16, and a model of sd1 needs vae-4'],
    ['vae', 'vae', 'vae-4', 'z-image', 'needs vae-16'],
    ['taesd', 'taesd', 'taehv-16', 'wan2.2-ti2v', 'needs taehv-48'],
    ['clipG', 'clip', 'clip-l', 'sdxl', 'needs clip-g'],
    ['t5xxl', 't5', 't5-xxl', 'wan2', 'needs umt5-xxl'],
    ['controlNet', 'controlnet', 'sdxl', 'sd1', 'needs sd1'],
    ['controlNet', 'controlnet', 'sd1', 'z-image', 'cannot be a part of a model of z-image'],
    ['highNoiseDiffusionModel', 'diffusion', 'wan2', 'flux', 'cannot be a part'],
  ])('cannot be %s: %s %s for %s', (part, type, architecture, of, why) => {
    expect(partMisfit(part, { type, architecture }, of)).toContain(why);
  });

  it('is looked up by names that models are given', () => {
    const named = FAMILY_RULES.flatMap(({ of, parts }) => [...of, ...Object.values(parts).flat()]);
    const given = new Set(ARCHITECTURE_RULES.map(({ architecture }) => architecture));
    expect(named.filter((name) => !given.has(name))).toEqual([]);
  });
});

describe('a LoRA', () => {
  it.each<[ModelType | null, string | null, string | null, string | undefined]>([
    ['lora', 'sd1', 'sd1-inpaint', undefined],
    ['lora', 'sdxl', 'sd1', 'is for sdxl, and the model is of sd1'],
    ['lora', 'sd1', 'z-image', 'is for sd1, and the model is of z-image'],
    ['lora', 'flux', 'sdxl', 'is for flux, and the model is of sdxl'],
    ['lora', 'flux', 'flux2', undefined],
    ['lora', null, 'sd1', undefined],
    ['lora', 'sd1', null, undefined],
    [null, null, 'sd1', undefined],
    ['vae', null, 'sd1', 'is a model of type vae, and this must be a model of type lora'],
  ])('%s %s on %s: %s', (type, architecture, of, why) => {
    expect(loraMisfit({ type, architecture }, of)).toBe(why);
  });
});
