import { isEmpty, type Option, type Parameters, type Values } from '../create/parameters.js';
import type { ModelType } from './model-types.js';

/** The options that concern loading, and mean something to a model of this type. */
export function loadOptions(parameters: Parameters, type: ModelType): Option[] {
  const kind = type === 'esrgan' ? 'upscale' : 'text2img';
  return Object.entries(parameters)
    .filter(
      ([, { loading, kinds, type: what }]) =>
        loading && (kinds.includes(kind) || (what === 'component' && type !== 'esrgan')),
    )
    .map(([name, option]) => ({ name, ...option }));
}

/** What was said. */
export function bodyOf(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => !isEmpty(value)));
}
