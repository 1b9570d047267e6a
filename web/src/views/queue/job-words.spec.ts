import { describe, expect, it } from 'vitest';
import { adviceFor } from './failure-advice.js';
import { parametersOf } from './job-facts.js';
import { doneShare, phaseName, progressFacts, titleOf } from './job-words.js';

describe('titleOf', () => {
  it('is the title that its owner gave, else the prompt, else the kind', () => {
    const job = { label: 'mine', prompt: 'a boat', kind: 'download' };
    expect(titleOf(job)).toBe('mine');
    expect(titleOf({ ...job, label: null })).toBe('a boat');
    expect(titleOf({ ...job, label: null, prompt: '' })).toBe('Download');
  });
});

describe('progressFacts', () => {
  const job = {
    kind: 'text2img',
    current_step: 3,
    total_steps: 20,
    speed: 2,
    time_remaining: 8400,
  };

  it('counts steps of pictures', () => {
    expect(progressFacts(job)).toEqual(['step 3 of 20', '2.0 steps/s', 'about 9 s left']);
  });

  it('counts bytes of files', () => {
    const file = { ...job, kind: 'download', current_step: 1024, total_steps: 4096, speed: 512 };
    expect(progressFacts({ ...file, time_remaining: 90_000 })).toEqual([
      '1.0 KiB of 4.0 KiB',
      '512 B/s',
      'about 1 min 30 s left',
    ]);
  });

  it('says nothing that is not known', () => {
    const start = { ...job, total_steps: 0, speed: null, time_remaining: null };
    expect(progressFacts(start)).toEqual([]);
    expect(doneShare({ total_steps: 0, progress: 0 })).toBeNull();
    expect(doneShare({ total_steps: 4, progress: 0.25 })).toBe(0.25);
  });
});

describe('phaseName', () => {
  it('names the model that is loaded', () => {
    expect(phaseName({ phase: 'loading', model: 'tiny-emoji' })).toBe('Loading tiny-emoji');
    expect(phaseName({ phase: 'loading', model: null })).toBe('Loading the model');
    expect(phaseName({ phase: undefined, model: 'tiny-emoji' })).toBe('Beginning');
  });
});

describe('adviceFor', () => {
  it('has something for codes it knows, and for those it does not', () => {
    expect(adviceFor('DISK_FULL')).toContain('Make room');
    expect(adviceFor('INSUFFICIENT_STORAGE')).toContain('Make room');
    expect(adviceFor('HUB_UNAVAILABLE')).toContain('other server');
    expect(adviceFor('SOMETHING_NEW')).toBe('Try it again, or change what you asked for.');
  });
});

describe('parametersOf', () => {
  it('shows options by their names, and what is within others with theirs before', () => {
    const parameters = {
      kind: 'text2img',
      model: { id: 'x', name: 'tiny' },
      options: { prompt: 'red apple', steps: 4, vae: null, lora: [{ name: 'a' }] },
      estimate: { seconds: 3 },
    };
    expect(parametersOf(parameters)).toEqual([
      { name: 'prompt', value: 'red apple' },
      { name: 'steps', value: '4' },
      { name: 'lora', value: '[{"name":"a"}]' },
      { name: 'estimate.seconds', value: '3' },
    ]);
  });
});
