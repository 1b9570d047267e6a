import { describe, expect, it } from 'vitest';
import { findSampler, findScheduler, samplersOf, schedulersOf } from './samplers.js';

const SAMPLERS = samplersOf(['euler', 'euler_a', 'dpm++2m', 'dpm++2s_a', 'brand_new']);
const SCHEDULERS = schedulersOf(['discrete', 'karras', 'sgm_uniform']);

function engineOf(name: string): (string | undefined)[] | undefined {
  const found = findSampler(SAMPLERS, SCHEDULERS, name);
  return found && [found.sampler.engine, found.scheduler?.engine];
}

describe('findSampler', () => {
  it.each([
    ['Euler a', 'euler_a', undefined],
    ['k_euler_a', 'euler_a', undefined],
    ['DPM++ 2M', 'dpm++2m', undefined],
    ['dpmpp_2m', 'dpm++2m', undefined],
    ['DPM++ 2M Karras', 'dpm++2m', 'karras'],
    ['DPM++ 2S a Karras', 'dpm++2s_a', 'karras'],
    ['Euler SGM Uniform', 'euler', 'sgm_uniform'],
    ['brand_new', 'brand_new', undefined],
  ])('knows %s', (name, sampler, scheduler) => {
    expect(engineOf(name)).toEqual([sampler, scheduler]);
  });

  it('does not know what is not there', () => {
    expect(engineOf('PLMS')).toBeUndefined();
    expect(engineOf('PLMS Karras')).toBeUndefined();
  });
});

describe('findScheduler', () => {
  it('knows names and labels, and leaves the choice open for what it does not know', () => {
    expect(findScheduler(SCHEDULERS, 'SGM Uniform')?.engine).toBe('sgm_uniform');
    expect(findScheduler(SCHEDULERS, 'normal')?.engine).toBe('discrete');
    expect(findScheduler(SCHEDULERS, 'automatic')).toBeUndefined();
  });
});
