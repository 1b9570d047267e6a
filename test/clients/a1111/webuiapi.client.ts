import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeEngine } from '../../../src/engine/index.js';
import { SDXL, startA1111, type A1111Server } from '../../support/a1111.js';
import { ADMIN_PASSWORD } from '../../support/app.js';
import { installWebuiapi, runWebuiapi } from '../../support/webuiapi.js';

installWebuiapi();

let a1111: A1111Server | undefined;
let engine: FakeEngine;

beforeAll(async () => {
  engine = FakeEngine.slow(20);
  a1111 = await startA1111(engine);
});

afterAll(() => a1111?.close());

describe('webuiapi, unmodified', () => {
  it('draws, paints, enlarges, reads, follows and interrupts, with Basic', async () => {
    const { port } = new URL(a1111!.base);
    const anna = { port, username: 'anna', password: ADMIN_PASSWORD };
    const told = await runWebuiapi<Record<string, unknown>>('use-webuiapi.py', anna);
    const drawn = { size: [64, 64], seed: 7, steps: 4 };
    expect(told).toMatchObject({
      model: expect.stringContaining(SDXL),
      samplers: expect.arrayContaining(['Euler a']),
      ready: true,
      txt2img: drawn,
      img2img: drawn,
      inpaint: drawn,
      extra: [128, 128],
      batch: [[256, 256]],
      info: expect.stringContaining('Steps: 4'),
      long: 0,
    });
    const [during, after] = told['progress'] as number[];
    expect(during).toBeGreaterThan(0);
    expect(during).toBeLessThan(1);
    expect(after).toBe(0);
    const [drawnFirst, redrawn, painted] = engine.requests;
    expect(drawnFirst).not.toHaveProperty('initImage');
    expect(redrawn!.initImage).toMatchObject({ width: 64, height: 64 });
    const { data: mask } = painted!.maskImage!;
    expect([mask[0], mask[63]]).toEqual([255, 0]);
  });
});
