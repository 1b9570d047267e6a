/** Something that the engine offers, as clients of this API know it. */
export interface Offered {
  /** What the engine calls it. */
  engine: string;
  name: string;
  label: string;
  aliases: string[];
}

interface Known {
  name: string;
  label?: string;
  aliases?: string[];
}

/** Samplers by the engine's names (`modules/sd_samplers_kdiffusion.py` of the original). */
const SAMPLERS: Readonly<Record<string, Known>> = {
  euler: { name: 'Euler', aliases: ['k_euler'] },
  euler_a: { name: 'Euler a', aliases: ['k_euler_a', 'k_euler_ancestral'] },
  heun: { name: 'Heun', aliases: ['k_heun'] },
  dpm2: { name: 'DPM2', aliases: ['k_dpm_2'] },
  'dpm++2s_a': { name: 'DPM++ 2S a', aliases: ['k_dpmpp_2s_a'] },
  'dpm++2m': { name: 'DPM++ 2M', aliases: ['k_dpmpp_2m'] },
  'dpm++2mv2': { name: 'DPM++ 2M v2' },
  ipndm: { name: 'iPNDM' },
  ipndm_v: { name: 'iPNDM_v' },
  lcm: { name: 'LCM', aliases: ['k_lcm'] },
  ddim_trailing: { name: 'DDIM', aliases: ['ddim'] },
  tcd: { name: 'TCD' },
  res_multistep: { name: 'Res Multistep' },
  res_2s: { name: 'Res 2s' },
  er_sde: { name: 'ER SDE' },
  euler_cfg_pp: { name: 'Euler CFG++' },
  euler_a_cfg_pp: { name: 'Euler a CFG++' },
  euler_ge: { name: 'Euler GE' },
};

/** Schedules by the engine's names (`modules/sd_schedulers.py` of the original). */
const SCHEDULERS: Readonly<Record<string, Known>> = {
  discrete: { name: 'uniform', label: 'Uniform', aliases: ['normal'] },
  karras: { name: 'karras', label: 'Karras' },
  exponential: { name: 'exponential', label: 'Exponential' },
  ays: { name: 'align_your_steps', label: 'Align Your Steps' },
  gits: { name: 'gits', label: 'GITS' },
  sgm_uniform: { name: 'sgm_uniform', label: 'SGM Uniform' },
  simple: { name: 'simple', label: 'Simple' },
  smoothstep: { name: 'smoothstep', label: 'Smoothstep' },
  kl_optimal: { name: 'kl_optimal', label: 'KL Optimal' },
  lcm: { name: 'lcm', label: 'LCM' },
  bong_tangent: { name: 'bong_tangent', label: 'Bong Tangent' },
};

function offered(names: readonly string[], known: Readonly<Record<string, Known>>): Offered[] {
  return names.map((engine) => {
    const { name = engine, label = name, aliases = [] } = known[engine] ?? {};
    return { engine, name, label, aliases: [...new Set([...aliases, engine])] };
  });
}

export function samplersOf(names: readonly string[]): Offered[] {
  return offered(names, SAMPLERS);
}

export function schedulersOf(names: readonly string[]): Offered[] {
  return offered(names, SCHEDULERS);
}

/** Clients write the same name in many ways: `DPM++ 2M`, `dpmpp_2m`, `dpm++2m`. */
function plain(name: string): string {
  return name
    .toLowerCase()
    .replaceAll('++', 'pp')
    .replaceAll(/[\s_-]/g, '');
}

function namesOf({ name, label, aliases }: Offered): string[] {
  return [name, label, ...aliases];
}

function find(list: readonly Offered[], name: string): Offered | undefined {
  const wanted = plain(name);
  return list.find((one) => namesOf(one).some((known) => plain(known) === wanted));
}

/** The schedule of this name; undefined for `automatic`, and as in the original for one that is not known. */
export function findScheduler(schedulers: readonly Offered[], name: string): Offered | undefined {
  return find(schedulers, name);
}

/** A sampler, and the schedule whose name is behind its own, as in `DPM++ 2M Karras`. */
export function findSampler(
  samplers: readonly Offered[],
  schedulers: readonly Offered[],
  name: string,
): { sampler: Offered; scheduler?: Offered } | undefined {
  const whole = find(samplers, name);
  if (whole) return { sampler: whole };
  for (const scheduler of schedulers) {
    for (const suffix of namesOf(scheduler)) {
      if (!name.toLowerCase().endsWith(` ${suffix.toLowerCase()}`)) continue;
      const sampler = find(samplers, name.slice(0, -suffix.length - 1));
      if (sampler) return { sampler, scheduler };
    }
  }
  return undefined;
}
