import { isObject } from '../../fields.js';
import { refusal, ScriptNotFoundError } from './refusals.js';

type Body = Record<string, unknown>;

const OFF = ['enabled', 'enable', 'is_enabled'];
const PLAIN = ['', 'none', 'None'];
const CANNY = ['canny', 'Canny'];
const PLACE = 'alwayson_scripts.ControlNet';

/** Extensions that are always there tell by their arguments that they are not to do anything. */
function isIdle(args: readonly unknown[]): boolean {
  return (
    args[0] === false || args.every((arg) => isObject(arg) && OFF.some((on) => arg[on] === false))
  );
}

function argsOf(entry: unknown): readonly unknown[] {
  const args = isObject(entry) ? entry['args'] : undefined;
  return Array.isArray(args) ? args : [];
}

function imageOf({ image, input_image: older }: Body): unknown {
  const given = image ?? older;
  return isObject(given) ? given['image'] : given;
}

function isUsed(unit: unknown): unit is Body {
  return isObject(unit) && unit['enabled'] !== false;
}

/** Whether the value is one of those that change nothing. */
function isOneOf(value: unknown, ...neutral: unknown[]): boolean {
  return value === undefined || value === null || neutral.includes(value);
}

function checkUnit({ mask, guidance_start: start, guidance_end: end, control_mode: mode }: Body) {
  if (!isOneOf(mask, '')) throw refusal(`${PLACE}.mask`, 'cannot be used: this engine takes none');
  if (!isOneOf(start, 0) || !isOneOf(end, 1))
    throw refusal(
      `${PLACE}.guidance_start`,
      'and guidance_end must be 0 and 1: all steps are guided',
    );
  if (!isOneOf(mode, 0, 'Balanced')) throw refusal(`${PLACE}.control_mode`, 'must be 0');
}

function optionsOf(unit: Body): Body {
  checkUnit(unit);
  const { model, module, weight } = unit;
  if (typeof model !== 'string' || ['', 'None'].includes(model))
    throw refusal(`${PLACE}.model`, 'must be the name of a ControlNet');
  if (!isOneOf(module, ...PLAIN, ...CANNY))
    throw refusal(`${PLACE}.module`, 'must be none or canny');
  return {
    control_net: model.replace(/ \[[0-9a-f]+\]$/, ''),
    control_image: imageOf(unit),
    ...(weight === undefined || weight === null ? {} : { control_strength: weight }),
    ...(CANNY.includes(module as string) ? { canny: true } : {}),
  };
}

/**
 * What the scripts that are always on ask for, by the names of the core's options.
 * @throws ScriptNotFoundError; ValidationError for what this engine's ControlNet cannot do.
 */
export function controlOptions(scripts: unknown): Body {
  if (!isObject(scripts)) return {};
  const used: Body[] = [];
  for (const [name, entry] of Object.entries(scripts)) {
    const args = argsOf(entry);
    if (name.toLowerCase() === 'controlnet') used.push(...args.filter(isUsed));
    else if (!isIdle(args)) throw new ScriptNotFoundError(name);
  }
  const [first, ...more] = used;
  if (more.length > 0) throw refusal(PLACE, 'can have one unit only');
  if (!first) return {};
  if (!imageOf(first)) throw refusal(`${PLACE}.image`, 'must be a picture');
  return optionsOf(first);
}
