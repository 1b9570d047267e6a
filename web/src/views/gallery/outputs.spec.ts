import { describe, expect, it } from 'vitest';
import { downloadName, keyOf, nameOf, placeOfKey, type Output } from './outputs.js';

const OUTPUT: Output = {
  job_id: '0d9a3f52-6c1b-4f57-9d52-0a7f3c1b8e44',
  filename: 'image_0.png',
  content_type: 'image/png',
  size: 1,
  width: 64,
  height: 64,
  seed: 42,
  url: '',
  kind: 'upscale',
  prompt: 'Red apple, (Café:1.2)!',
  label: null,
  model: null,
  queued_time: 0,
  job_outputs: 1,
};

describe('the key of an output', () => {
  it('names its job and its file', () => {
    expect(placeOfKey(keyOf(OUTPUT))).toEqual({
      job_id: OUTPUT.job_id,
      filename: 'image_0.png',
    });
  });
});

describe('the name of an output', () => {
  it('is what its owner called it, else the beginning of its prompt, else how it was made', () => {
    expect(nameOf({ ...OUTPUT, label: 'Fruit' })).toBe('Fruit');
    expect(nameOf({ ...OUTPUT, prompt: 'a'.repeat(300) })).toBe(`${'a'.repeat(120)}…`);
    expect(nameOf({ ...OUTPUT, prompt: ' ' })).toBe('Upscaled');
  });
});

describe('the name of a download', () => {
  it.each<[Partial<Output>, string]>([
    [{}, 'red-apple-cafe-1-2-42.png'],
    [{ prompt: '../../苹果' }, '苹果-42.png'],
    [{ prompt: '', seed: undefined, filename: 'video_0.mp4' }, 'upscaled-0d9a3f52.mp4'],
    [{ prompt: 'word '.repeat(40) }, `${'word-'.repeat(12).slice(0, -1)}-42.png`],
  ])('holds nothing that a file system minds: %j', (change, name) => {
    expect(downloadName({ ...OUTPUT, ...change })).toBe(name);
  });
});
