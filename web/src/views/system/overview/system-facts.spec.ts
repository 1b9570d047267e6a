import { describe, expect, it } from 'vitest';
import { devicesOf, featuresOf } from './system-facts.js';

describe('featuresOf', () => {
  it('names what is there', () => {
    expect(featuresOf('System Info: SSE3 = 1 | AVX512 = 0 | OPENMP = 1 |')).toBe('SSE3, OPENMP');
  });

  it('keeps what it does not understand', () => {
    expect(featuresOf('none to speak of')).toBe('none to speak of');
  });
});

describe('devicesOf', () => {
  it('leaves out the processor, and devices that do not tell their memory', () => {
    const device = { description: '', memory_free: 1 };
    const devices = [
      { ...device, name: 'CPU', type: 'cpu' as const, memory_total: 8 },
      { ...device, name: 'CUDA0', type: 'gpu' as const, memory_total: 8 },
      { ...device, name: 'GPU1', type: 'igpu' as const, memory_total: 0 },
    ];
    const engine = { available: true, pid: null, memory: null, restarts: 0, devices };
    expect(devicesOf(engine).map(({ name }) => name)).toEqual(['CUDA0']);
  });
});
