import { describe, expect, it } from 'vitest';
import {
  groupsOf,
  labelOf,
  missing,
  usualOf,
  type Parameter,
  type Parameters,
} from './parameters.js';

function parameter(facts: Partial<Parameter>): Parameter {
  return {
    type: 'integer',
    description: '',
    group: 'basic',
    kinds: ['text2img'],
    required_for: [],
    ...facts,
  };
}

const PARAMETERS: Parameters = {
  prompt: parameter({ type: 'text', kinds: ['text2img', 'img2img'], required_for: ['text2img'] }),
  steps: parameter({ default: 20 }),
  init_image: parameter({
    type: 'picture',
    group: 'input',
    kinds: ['img2img', 'text2video'],
    required_for: ['img2img'],
  }),
  brand_new: parameter({ group: 'sampling', kinds: ['img2img'] }),
};

describe('groupsOf', () => {
  it('shows what is basic, what the kind needs, and folds the rest', () => {
    const groups = groupsOf(PARAMETERS, 'img2img');
    expect(groups.map(({ name, open }) => [name, open])).toEqual([
      ['input', true],
      ['sampling', false],
    ]);
  });

  it('has a place for an option that nobody here has heard of', () => {
    const [, group] = groupsOf(PARAMETERS, 'img2img');
    expect(group?.options.map(({ name }) => name)).toEqual(['brand_new']);
  });

  it('leaves out what a kind does not take, and what has a place of its own', () => {
    const names = groupsOf(PARAMETERS, 'text2img').flatMap(({ options }) =>
      options.map(({ name }) => name),
    );
    expect(names).toEqual(['steps']);
  });
});

describe('usualOf', () => {
  it('is what the model recommends, before the default', () => {
    const steps = { name: 'steps', ...parameter({ default: 20 }) };
    expect(usualOf(steps, { steps: 8 })).toBe(8);
    expect(usualOf(steps)).toBe(20);
  });

  it('knows the sampler by the name that models have for it', () => {
    const sampler = { name: 'sampling_method', ...parameter({ type: 'choice' }) };
    expect(usualOf(sampler, { sampler: 'euler' })).toBe('euler');
  });
});

describe('missing', () => {
  it('names what the kind cannot do without', () => {
    expect(missing(PARAMETERS, 'img2img', {})).toEqual(['init_image']);
    expect(missing(PARAMETERS, 'text2img', { prompt: '' })).toEqual(['prompt']);
    expect(missing(PARAMETERS, 'text2img', { prompt: 'apple' })).toEqual([]);
  });
});

describe('labelOf', () => {
  it.each([
    ['cfg_scale', 'CFG scale'],
    ['vae_path', 'VAE'],
    ['batch_count', 'Batch count'],
  ])('%s is %s', (name, label) => {
    expect(labelOf(name)).toBe(label);
  });
});
