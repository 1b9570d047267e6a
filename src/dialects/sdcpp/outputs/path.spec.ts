import { describe, expect, it } from 'vitest';
import { ourName, readPath, theirName } from './path.js';

const JOB = '0d9a3f52-6c1b-4f57-9d52-0a7f3c1b8e44';
const GROUP = '7c2f7d5e-93a1-4f0e-8f63-5f1f0f7a2b10';

describe('the path of an output', () => {
  it.each<[string[], object]>([
    [[''], {}],
    [[JOB], { jobId: JOB }],
    [[JOB, ''], { jobId: JOB }],
    [[`${JOB}/image_0.png`], { jobId: JOB, filename: 'image_0.png' }],
    [[JOB, 'image_0.png'], { jobId: JOB, filename: 'image_0.png' }],
    [[GROUP, JOB], { jobId: JOB }],
    [[GROUP, JOB, 'image_0.png'], { jobId: JOB, filename: 'image_0.png' }],
    [['g1', JOB, 'image_0.png'], { jobId: JOB, filename: 'image_0.png' }],
  ])('%j is %j', (parts, path) => {
    expect(readPath(parts)).toEqual(path);
  });

  it.each<[string[]]>([
    [['..']],
    [['../etc/passwd']],
    [[JOB, '..', 'atelier.sqlite']],
    [[`${JOB}/../x`]],
    [['', 'etc', 'passwd']],
    [[JOB, '.']],
    [[JOB, 'a\0b']],
    [[JOB, '..\\..\\x']],
  ])('%j is refused', (parts) => {
    expect(() => readPath(parts)).toThrow('Invalid path');
  });

  it.each<[string[]]>([
    [['queue_state.json']],
    [['%2e%2e']],
    [['a', 'b', JOB, 'image_0.png']],
    [[JOB, 'a', 'b']],
    [[JOB.toUpperCase()]],
    [['a group', JOB, 'image_0.png']],
    [['%2e%2e', JOB, 'image_0.png']],
  ])('there is nothing at %j', (parts) => {
    expect(() => readPath(parts)).toThrow('Path not found');
  });
});

describe('the name of an output', () => {
  it.each([
    ['image_0.png', 'image_0.png'],
    ['video_0.mp4', 'video.mp4'],
    ['video_0.webp', 'video.webp'],
  ])('%s is %s to clients', (ours, theirs) => {
    expect(theirName(ours)).toBe(theirs);
    expect(ourName(theirs)).toBe(ours);
  });

  it('may be given as the core has it', () => {
    expect(ourName('video_0.mp4')).toBe('video_0.mp4');
  });
});
