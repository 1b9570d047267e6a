import { isEmpty, type Kind, type Parameters, type Values } from './parameters.js';

/** The body of a generation: what was said of the options that the kind takes, and nothing else. */
export function bodyOf(parameters: Parameters, kind: Kind, values: Values): Values {
  const said = Object.entries(values).filter(
    ([name, value]) => parameters[name]?.kinds.includes(kind) && !isEmpty(value),
  );
  return Object.fromEntries(said);
}

function isPicture(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith('data:');
}

/** The body without the bytes of its pictures, for what asks about it again and again. */
export function withoutPictures(body: Values): Values {
  const light = (value: Values[string]): Values[string] => {
    if (isPicture(value)) return 'a picture';
    if (Array.isArray(value) && value.some(isPicture)) return value.map(() => 'a picture');
    return value;
  };
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, light(value)]));
}

/** A name for one submission; also where the page did not come over HTTPS, which has no `randomUUID`. */
export function submissionKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
