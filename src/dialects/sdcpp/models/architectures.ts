import type { Model } from '../../../models/index.js';
import { PRESETS, type ArchitecturePreset } from './architecture-presets.js';

function namesIt({ nameRegex }: ArchitecturePreset, name: string): boolean {
  // pattern-check: a pattern of the table of presets, and the name of a file, which a disk keeps short.
  return nameRegex !== undefined && new RegExp(nameRegex, 'i').test(name);
}

/** The preset for a model: by its tensors, and by its name among those whose tensors are alike; undefined for what nobody knows. */
export function presetOf(model: Model): ArchitecturePreset | undefined {
  const alike = PRESETS.filter(({ architectures }) =>
    architectures.includes(model.architecture ?? ''),
  );
  // The last of those that are alike is the usual one.
  return alike.find((preset) => namesIt(preset, model.name)) ?? alike.at(-1) ?? byName(model.name);
}

/** The preset that a file's name suggests. */
export function byName(name: string): ArchitecturePreset | undefined {
  return PRESETS.find((preset) => namesIt(preset, name));
}

/** What this API calls the architecture of a model; null where nothing is known. */
export function architectureNameOf(model: Model): string | null {
  return presetOf(model)?.shortName ?? model.architecture;
}

/** The settings that suit this very model: what it recommends itself, then what suits its architecture. */
export function presetFor(model: Model): ArchitecturePreset | undefined {
  const preset = presetOf(model);
  if (!preset) return undefined;
  const generationDefaults = { ...preset.generationDefaults, ...model.recommended };
  return { ...preset, generationDefaults };
}

/** How clients want the parts of a model listed. */
export type ComponentForm = 'object' | 'list';

/** A preset as clients read it. */
export function presetView(
  { shortName: _short, architectures, nameRegex, ...preset }: ArchitecturePreset,
  form: ComponentForm,
): Record<string, unknown> {
  const { requiredComponents: required, optionalComponents: optional, name } = preset;
  return {
    ...preset,
    display_name: name,
    requiredComponents: form === 'list' ? Object.keys(required) : required,
    optionalComponents: form === 'list' ? Object.keys(optional) : optional,
    match: { architecture: architectures[0], ...(nameRegex ? { nameRegex } : {}) },
  };
}

/** Every preset by its id. */
export function allPresets(form: ComponentForm): Record<string, Record<string, unknown>> {
  return Object.fromEntries(PRESETS.map((preset) => [preset.id, presetView(preset, form)]));
}
