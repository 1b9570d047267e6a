import type { ModelDetails } from '../../api/generated/types.gen.js';
import { bytes, dateTime } from '../../lib/format.js';
import { labelOf } from '../create/parameters.js';
import { TYPE_NAMES, type ModelType } from './model-types.js';

interface Fact {
  name: string;
  value: string;
}

const BILLION = 1e9;
const MILLION = 1e6;

/** 20,644,179 is "20.6 million". */
export function parametersText(parameters: number): string {
  if (parameters >= BILLION) return `${(parameters / BILLION).toFixed(1)} billion`;
  if (parameters >= MILLION) return `${(parameters / MILLION).toFixed(1)} million`;
  return parameters.toLocaleString();
}

function typeText({ type, detected_type: detected }: ModelDetails): string {
  const name = TYPE_NAMES[type];
  if (detected === null || detected === type) return name;
  return `${name} by its folder, ${TYPE_NAMES[detected as ModelType] ?? detected} by its tensors`;
}

function loadText({ load }: ModelDetails): string | undefined {
  if (!load) return undefined;
  const chosen = [...Object.entries(load.components), ...Object.entries(load.options)];
  if (chosen.length === 0) return undefined;
  return chosen
    .map(([name, value]) => (value === true ? labelOf(name) : `${labelOf(name)}: ${String(value)}`))
    .join(', ');
}

/** What is known of a model, line by line; what is not known is left out. */
export function factsOf(model: ModelDetails): Fact[] {
  const { architecture, quantization, parameters, format, size, modified, load } = model;
  const lines: Array<[string, string | null | undefined]> = [
    ['Type', typeText(model)],
    ['Architecture', architecture],
    ['Quantization', quantization],
    ['Parameters', parameters === null ? null : parametersText(parameters)],
    ['Format', format === 'bundle' ? 'several files' : format],
    ['Size', bytes(size)],
    ['Changed', dateTime(modified)],
    ['Path', model.path],
    ['In memory', load?.memory_estimate ? `about ${bytes(load.memory_estimate)}` : null],
    ['Loaded since', load?.since ? dateTime(load.since) : null],
    ['Loaded with', loadText(model)],
  ];
  return lines.flatMap(([name, value]) => (value ? [{ name, value }] : []));
}

/** The settings that suit a model, in a line; empty where it recommends none. */
export function recommendedOf({ recommended }: Pick<ModelDetails, 'recommended'>): string {
  const { width, height, steps, cfg_scale: guidance, sampler, scheduler } = recommended;
  return [
    width && height && `${width} × ${height}`,
    steps && `${steps} steps`,
    guidance && `CFG ${guidance}`,
    sampler,
    scheduler,
  ]
    .filter(Boolean)
    .join(', ');
}
