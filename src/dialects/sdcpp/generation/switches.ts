/** A technique that is off unless one option says otherwise, and all options that mean nothing then. */
interface Technique {
  isOn: (options: Record<string, unknown>) => boolean;
  owns: (option: string) => boolean;
}

function isOn(value: unknown): boolean {
  return value !== undefined && value !== false && value !== 0;
}

function prefixed(...prefixes: string[]): (option: string) => boolean {
  return (option) => prefixes.some((prefix) => option.startsWith(prefix));
}

function among(...options: string[]): (option: string) => boolean {
  return (option) => options.includes(option);
}

/** Clients send the details of a technique also when it is off; a recipe has only what counted. */
const TECHNIQUES: readonly Technique[] = [
  {
    isOn: ({ cache_mode: mode }) => isOn(mode) && mode !== 'disabled',
    owns: prefixed('cache_'),
  },
  { isOn: ({ hires_fix: on }) => isOn(on), owns: prefixed('hires_') },
  {
    isOn: ({ slg_scale: scale }) => isOn(scale),
    owns: among('slg_scale', 'skip_layers', 'slg_start', 'slg_end'),
  },
  {
    isOn: ({ high_noise_slg_scale: scale }) => isOn(scale),
    owns: prefixed('high_noise_slg_', 'high_noise_skip_layers'),
  },
  { isOn: ({ vae_tiling: on }) => on !== false, owns: prefixed('vae_tile_', 'vae_relative_') },
  {
    isOn: ({ upscale: on, image }) => isOn(on) || isOn(image),
    owns: among('upscale_repeats'),
  },
  { isOn: ({ control_image: image }) => isOn(image), owns: among('control_strength') },
  {
    isOn: ({ pm_id_images: images, pm_id_embed_path: path }) => isOn(images) || isOn(path),
    owns: among('pm_style_strength'),
  },
];

/** Leaves out what belongs to techniques that are off. */
export function withoutIdle(options: Record<string, unknown>): Record<string, unknown> {
  const off = TECHNIQUES.filter(({ isOn: on }) => !on(options));
  return Object.fromEntries(
    Object.entries(options).filter(([name]) => !off.some(({ owns }) => owns(name))),
  );
}
