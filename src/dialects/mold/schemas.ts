/** Pieces of the JSON schemas in the description of this API. */
export const TEXT = { type: 'string' };
export const FLAG = { type: 'boolean' };
export const COUNT = { type: 'integer', minimum: 0 };

/** An object with all of these properties, and those that are there now and then; no others. */
export function object(
  properties: Record<string, object>,
  optional: Record<string, object> = {},
): object {
  return {
    type: 'object',
    required: Object.keys(properties),
    additionalProperties: false,
    properties: { ...properties, ...optional },
  };
}

export function orNull(schema: { type: string }): object {
  return { ...schema, type: [schema.type, 'null'] };
}
