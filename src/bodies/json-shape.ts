/** Arrays and objects within one another. */
export const DEEPEST_JSON = 64;

/** Names of fields in all objects together. */
export const MOST_JSON_KEYS = 10_000;

/** Values in all arrays and objects together. */
export const MOST_JSON_VALUES = 500_000;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Where a text ends that begins at a quote: at its last quote. */
function endOfText(json: Uint8Array, start: number): number {
  let at = json.indexOf(QUOTE, start + 1);
  while (at >= 0) {
    let slashes = 0;
    while (json[at - 1 - slashes] === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return at;
    at = json.indexOf(QUOTE, at + 1);
  }
  return json.length;
}

/**
 * What is wrong with the shape of a JSON text, as the end of a sentence; undefined where it can be parsed
 * without trouble, if it is JSON at all. One pass, before anything is built from it.
 */
export function shapeProblem(json: Uint8Array): string | undefined {
  let depth = 0;
  let keys = 0;
  let values = 0;
  for (let at = 0; at < json.length; at += 1) {
    switch (json[at] ?? 0) {
      case QUOTE:
        at = endOfText(json, at);
        break;
      case OPEN_ARRAY:
      case OPEN_OBJECT:
        depth += 1;
        if (depth > DEEPEST_JSON) return `is nested deeper than ${DEEPEST_JSON} levels`;
        break;
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        depth -= 1;
        break;
      case COLON:
        keys += 1;
        if (keys > MOST_JSON_KEYS) return `has more than ${MOST_JSON_KEYS} fields`;
        break;
      case COMMA:
        values += 1;
        if (values > MOST_JSON_VALUES) return `has more than ${MOST_JSON_VALUES} values`;
        break;
    }
  }
  return undefined;
}
