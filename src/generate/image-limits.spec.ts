import { describe, expect, it } from 'vitest';
import { inputProblems, modelProblems, outputProblems, outputSize } from './image-limits.js';

const LIMITS = {
  inputMegapixels: 128,
  outputMegapixels: 64,
  jobMegapixels: 256,
  waitingInputMb: 1024,
  workAtOnce: 2,
};

const NO_INPUTS = new Map();

describe('outputSize', () => {
  it('is what the engine makes, times its second pass, times the upscaler', () => {
    const options = { width: 512, height: 256, batch_count: 3 };
    const plain = { width: 512, height: 256, count: 3 };
    expect(outputSize('text2img', options, NO_INPUTS)).toMatchObject(plain);
    const hires = { ...options, hires_fix: true, hires_scale: 1.5 };
    expect(outputSize('text2img', hires, NO_INPUTS)).toMatchObject({ width: 768, height: 384 });
    const exact = { ...hires, hires_width: 1024 };
    expect(outputSize('text2img', exact, NO_INPUTS)).toMatchObject({ width: 1024, height: 384 });
    const twice = { ...hires, upscale: true, upscale_repeats: 2 };
    expect(outputSize('text2img', twice, NO_INPUTS, 2)).toMatchObject({
      width: 768 * 4,
      height: 384 * 4,
      field: 'upscale',
    });
  });

  it('is the size of the input where only its masked part is drawn', () => {
    const inputs = new Map([['init_image', { width: 6000, height: 4000 }]]);
    const options = { width: 64, height: 64, batch_count: 2, masked_only: true };
    const size = { width: 6000, height: 4000, count: 2, field: 'init_image' };
    expect(outputSize('inpainting', options, inputs)).toMatchObject(size);
  });

  it('counts what the upscaler makes before it is resampled', () => {
    const inputs = new Map([['image', { width: 1000, height: 500 }]]);
    const four = { width: 4000, height: 2000, count: 1, field: 'image' };
    expect(outputSize('upscale', {}, inputs)).toMatchObject(four);
    expect(outputSize('upscale', { upscale_factor: 2 }, inputs)).toMatchObject(four);
    const eight = { width: 8000, height: 4000 };
    expect(outputSize('upscale', { upscale_factor: 8 }, inputs)).toMatchObject(eight);
    const again = { upscale_factor: 2, upscale_repeats: 2 };
    expect(outputSize('upscale', again, inputs, 4)).toMatchObject(eight);
  });
});

describe('what is too large', () => {
  it('names the field, what it would be, and what may be', () => {
    const inputs = new Map([['image', { width: 2867, height: 1433 }]]);
    const [problem] = outputProblems(outputSize('upscale', {}, inputs), LIMITS);
    expect(problem).toEqual({
      field: 'image',
      message:
        'image: the result would have 11468x5732 pixels (65.7 megapixels); an image may have 64 megapixels.',
    });
    const batch = { width: 4096, height: 4096, batch_count: 50 };
    const [many] = outputProblems(outputSize('text2img', batch, NO_INPUTS), LIMITS);
    expect(many?.field).toBe('batch_count');
    expect(many?.message).toContain('838.9 megapixels together; a request may ask for 256');
    const video = { width: 4096, height: 4096, video_frames: 257 };
    const [film] = outputProblems(outputSize('text2video', video, NO_INPUTS), LIMITS);
    expect(film?.field).toBe('video_frames');
  });

  it('leaves alone what people ask for', () => {
    const usual = [
      outputSize('text2img', { width: 1024, height: 1024, batch_count: 50 }, NO_INPUTS),
      outputSize('text2img', { width: 2048, height: 2048, batch_count: 16 }, NO_INPUTS),
      outputSize('text2video', { width: 1280, height: 704, video_frames: 257 }, NO_INPUTS),
      outputSize('upscale', {}, new Map([['image', { width: 1920, height: 1080 }]])),
    ];
    for (const size of usual) expect(outputProblems(size, LIMITS)).toEqual([]);
  });

  it('is said of the inputs together', () => {
    const image = { field: 'ref_images', width: 8192, height: 4096 };
    expect(inputProblems([image, image, image], LIMITS)).toEqual([]);
    const problems = inputProblems(
      Array.from({ length: 24 }, () => image),
      LIMITS,
    );
    expect(problems).toMatchObject([{ field: 'ref_images' }]);
    expect(problems[0]?.message).toContain('128 megapixels together');
  });
});

describe('modelProblems', () => {
  const frames = (count: number) => ({
    video_frames: 33,
    control_frames: Array.from({ length: count }, () => 'x'),
  });
  const model = (architecture: string | null) => ({ name: 'm', architecture });

  it('refuses control frames for a model that takes none', () => {
    const [image] = modelProblems('text2video', frames(2), model('z-image'));
    expect(image?.message).toContain('"m" makes no videos');
    const [video] = modelProblems('text2video', frames(2), model('ltx-video'));
    expect(video?.message).toContain('"m" takes no control frames');
  });

  it('refuses more control frames than the video has', () => {
    expect(modelProblems('text2video', frames(33), model('wan2'))).toEqual([]);
    expect(modelProblems('text2video', frames(33), model(null))).toEqual([]);
    expect(modelProblems('text2video', frames(257), model('wan2'))).toMatchObject([
      { field: 'control_frames' },
    ]);
  });
});
