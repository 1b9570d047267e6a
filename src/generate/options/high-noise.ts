import { SAMPLING } from './drawing.js';
import type { GenerationOption, OptionTable } from './option.js';

/** An option of sampling, for the high-noise model of a pair. */
function ofHighNoise(option: GenerationOption, doc: string, request: string): GenerationOption {
  return { ...option, kinds: ['text2video'], request: `highNoise.${request}`, doc };
}

function named(name: string, doc: string): [string, GenerationOption] {
  const option = SAMPLING[name];
  if (!option?.request) throw new Error(`There is no option of sampling "${name}".`);
  return [`high_noise_${name}`, ofHighNoise(option, doc, option.request)];
}

/** Sampling of the high-noise model of a pair that makes a video together; what is left out is as for the other one, or the engine's choice. */
export const HIGH_NOISE: OptionTable = {
  high_noise_steps: {
    type: 'integer',
    min: -1,
    max: 150,
    kinds: ['text2video'],
    request: 'highNoise.steps',
    doc: 'Steps of the high-noise model of a pair; -1: as `moe_boundary` says.',
  },
  high_noise_cfg_scale: {
    type: 'number',
    min: 1,
    max: 30,
    kinds: ['text2video'],
    request: 'highNoise.cfgScale',
    doc: 'cfg_scale of the high-noise model of a pair.',
  },
  high_noise_sampling_method: {
    type: 'choice',
    of: 'samplers',
    kinds: ['text2video'],
    request: 'highNoise.sampler',
    doc: 'Sampler of the high-noise model of a pair.',
  },
  high_noise_scheduler: {
    type: 'choice',
    of: 'schedulers',
    kinds: ['text2video'],
    request: 'highNoise.scheduler',
    doc: 'Scheduler of the high-noise model of a pair.',
  },
  ...Object.fromEntries([
    named('img_cfg_scale', 'img_cfg_scale of the high-noise model of a pair.'),
    named('guidance', 'Guidance of the high-noise model of a pair, if it is distilled.'),
    named('eta', 'Noise that an ancestral sampler adds back, for the high-noise model of a pair.'),
    named('flow_shift', 'Shift of the schedule of the high-noise model of a pair.'),
    named(
      'shifted_timestep',
      'Shift of the time step, for the high-noise model of a pair; 0: none.',
    ),
    named('custom_sigmas', 'Noise levels of the high-noise model of a pair, at least two.'),
    named(
      'extra_sample_args',
      'Further settings of the sampler of the high-noise model of a pair.',
    ),
    named('slg_scale', 'Skip-layer guidance of the high-noise model of a pair; 0: off.'),
    named(
      'skip_layers',
      'Layers that skip-layer guidance leaves out in the high-noise model of a pair.',
    ),
    named('slg_start', 'Where skip-layer guidance of the high-noise model of a pair begins.'),
    named('slg_end', 'Where skip-layer guidance of the high-noise model of a pair ends.'),
  ]),
};
