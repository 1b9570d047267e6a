import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Option, Parameter, Parameters } from './parameters.js';
import { fromInfotext, inputOption, pngTexts, recipeOf, recipeOfJob } from './recipe.js';

function parameter(facts: Partial<Parameter> = {}): Parameter {
  return {
    type: 'integer',
    description: '',
    group: 'basic',
    kinds: ['text2img', 'img2img'],
    required_for: [],
    ...facts,
  };
}

const PARAMETERS: Parameters = {
  prompt: parameter({ type: 'text' }),
  negative_prompt: parameter({ type: 'text' }),
  steps: parameter(),
  sampling_method: parameter({
    type: 'choice',
    values: ['euler', 'euler_a', 'dpmpp2m', 'dpmpp2s_a'],
  }),
  scheduler: parameter({ type: 'choice', values: ['discrete', 'karras'] }),
  init_image: parameter({ type: 'picture', kinds: ['img2img'], required_for: ['img2img'] }),
  mask_image: parameter({ type: 'picture', kinds: ['img2img'] }),
  ref_images: parameter({ type: 'pictures' }),
};

function chunk(type: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(data.length);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, data, Buffer.alloc(4)]);
}

function png(...chunks: Buffer[]): Uint8Array {
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([signature, ...chunks, chunk('IEND', Buffer.alloc(0))]);
}

function latin(keyword: string, text: string): Buffer {
  return chunk('tEXt', Buffer.from(`${keyword}\0${text}`, 'latin1'));
}

function international(keyword: string, text: string): Buffer {
  return chunk('iTXt', Buffer.from(`${keyword}\0\0\0\0\0${text}`));
}

describe('pngTexts', () => {
  it('reads both kinds of texts', () => {
    const bytes = png(latin('parameters', 'café'), international('atelier', '{"🍎":1}'));
    expect(pngTexts(bytes)).toEqual({ parameters: 'café', atelier: '{"🍎":1}' });
  });

  it('leaves compressed texts and pictures of other formats alone', () => {
    const compressed = Buffer.concat([Buffer.from('a\0\x01\0\0\0'), deflateSync('text')]);
    expect(pngTexts(png(chunk('iTXt', compressed)))).toEqual({});
    expect(pngTexts(Buffer.from('RIFF....WEBP'))).toEqual({});
  });

  it('reads no text that is cut off', () => {
    expect(pngTexts(png(latin('parameters', 'text')).subarray(0, 20))).toEqual({});
  });
});

describe('recipeOf', () => {
  it('takes our own recipe before the other one', () => {
    const ours = {
      kind: 'img2img',
      options: { prompt: 'apple', steps: 4, init_image: 'ab12', odd: 1 },
    };
    const bytes = png(
      latin('parameters', 'pear\nSteps: 9, Sampler: Euler'),
      latin('atelier', JSON.stringify(ours)),
    );
    expect(recipeOf(bytes, PARAMETERS)).toEqual({
      kind: 'img2img',
      values: { prompt: 'apple', steps: 4 },
    });
  });

  it('takes the other one where ours is damaged', () => {
    const bytes = png(latin('parameters', 'pear\nSteps: 9'), latin('atelier', '{"kind"'));
    expect(recipeOf(bytes, PARAMETERS)?.values).toMatchObject({ prompt: 'pear', steps: 9 });
  });

  it('finds none in a picture without one', () => {
    expect(recipeOf(png(), PARAMETERS)).toBeUndefined();
    expect(recipeOf(png(latin('parameters', 'a comment')), PARAMETERS)).toBeUndefined();
  });
});

describe('fromInfotext', () => {
  it('reads what AUTOMATIC1111 writes', () => {
    const text = `a cat, <lora:ink:0.8>
on two lines
Negative prompt: blurry
Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 6.5, Seed: 42, Size: 512x768, Model: "a, b", Denoising strength: 0.6`;
    expect(fromInfotext(text, PARAMETERS)?.values).toEqual({
      prompt: 'a cat, <lora:ink:0.8>\non two lines',
      negative_prompt: 'blurry',
      steps: 20,
      sampling_method: 'dpmpp2m',
      scheduler: 'karras',
      cfg_scale: 6.5,
      seed: 42,
      width: 512,
      height: 768,
      model_name: 'a, b',
      strength: 0.6,
    });
  });

  it.each([
    ['Euler a', { sampling_method: 'euler_a' }],
    ['DPM++ 2S a Karras', { sampling_method: 'dpmpp2s_a', scheduler: 'karras' }],
    ['Something else', {}],
  ])('understands the sampler %j', (sampler, values) => {
    const text = `cat\nSteps: 2, Sampler: ${sampler}`;
    expect(fromInfotext(text, PARAMETERS)?.values).toEqual({ prompt: 'cat', steps: 2, ...values });
  });
});

describe('recipeOfJob', () => {
  it('names the pictures that went into the job, since the server has them still', () => {
    const options = { prompt: 'apple', init_image: 'ab12', ref_images: ['cd34', 'ef56'] };
    const job = { id: '1f', kind: 'img2img', parameters: { options } };
    expect(recipeOfJob(job, PARAMETERS)).toEqual({
      kind: 'img2img',
      values: {
        prompt: 'apple',
        init_image: 'job:1f/init_image',
        ref_images: ['job:1f/ref_images/0', 'job:1f/ref_images/1'],
      },
    });
  });

  it('has none for a job of another kind', () => {
    expect(recipeOfJob({ id: '1f', kind: 'download', parameters: {} }, PARAMETERS)).toBeUndefined();
  });
});

describe('inputOption', () => {
  const options: Option[] = Object.entries({
    control_image: parameter({ type: 'picture' }),
    ...PARAMETERS,
  }).map(([name, one]) => ({ name, ...one }));

  it('is the picture that the kind cannot do without, else the one to begin from', () => {
    expect(inputOption(options, 'img2img')).toBe('init_image');
    expect(inputOption(options, 'text2video')).toBe('init_image');
  });

  it('is none where a picture only adds to something', () => {
    const others = options.filter(({ name }) => name !== 'init_image');
    expect(inputOption(others, 'text2img')).toBeUndefined();
  });
});
