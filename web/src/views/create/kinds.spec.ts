import { describe, expect, it } from 'vitest';
import { kindFacts, serves } from './kinds.js';

const DRAWER = { type: 'checkpoint', architecture: 'sd1' } as const;

describe('kindFacts', () => {
  it('says what each kind lacks', () => {
    const lacking = kindFacts([DRAWER]).filter((one) => one.lacking);
    expect(lacking.map(({ kind }) => kind)).toEqual(['controlnet', 'upscale', 'text2video']);
  });

  it('lacks nothing where there is a model for it', () => {
    const all = [
      DRAWER,
      { type: 'controlnet', architecture: 'sd1' },
      { type: 'esrgan', architecture: null },
      { type: 'diffusion', architecture: 'wan2' },
    ] as const;
    expect(kindFacts(all).filter((one) => one.lacking)).toEqual([]);
  });

  it('says of an empty server that nothing draws', () => {
    expect(kindFacts([]).every((one) => one.lacking)).toBe(true);
  });
});

describe('serves', () => {
  it('takes a model of unknown architecture for one that may make videos', () => {
    expect(serves('text2video', { type: 'diffusion', architecture: null })).toBe(true);
    expect(serves('text2video', DRAWER)).toBe(false);
  });
});
