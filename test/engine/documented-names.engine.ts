import { expect, it } from 'vitest';
import { NativeEngine } from '../../src/engine/native-engine.js';

/** The lists of seed stable-diffusion-cpp-rest, "Utilities". */
const SAMPLERS = [
  'euler',
  'euler_a',
  'heun',
  'dpm2',
  'dpmpp2s_a',
  'dpmpp2m',
  'dpmpp2mv2',
  'ipndm',
  'ipndm_v',
  'lcm',
  'ddim_trailing',
  'tcd',
];
const SCHEDULERS = [
  'discrete',
  'karras',
  'exponential',
  'ays',
  'gits',
  'smoothstep',
  'sgm_uniform',
  'simple',
];

it('the engine knows every documented sampler and scheduler', async () => {
  const engine = await NativeEngine.open();
  const { samplers, schedulers } = await engine.facts();
  await engine.close();
  expect(samplers.map((name) => name.replaceAll('++', 'pp'))).toEqual(
    expect.arrayContaining(SAMPLERS),
  );
  expect(schedulers).toEqual(expect.arrayContaining(SCHEDULERS));
});
