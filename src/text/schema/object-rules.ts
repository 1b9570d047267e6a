import { jsonLiteral } from './gbnf.js';
import { SchemaUnsupportedError } from './schema-errors.js';
import { isSchema, type Schema, type SchemaRules } from './schema.js';

/** The grammar of an object with named properties, or of one whose names are not known beforehand. */
export function objectRule(
  writer: SchemaRules,
  schema: Schema,
  path: string,
  depth: number,
): string {
  const { properties = {}, required = [], additionalProperties, minProperties = 0 } = schema;
  if (!isSchema(properties))
    throw new SchemaUnsupportedError(`${path}/properties`, 'must be an object.');
  if (!Array.isArray(required) || required.some((name) => typeof name !== 'string'))
    throw new SchemaUnsupportedError(`${path}/required`, 'must be a list of names.');
  const names = Object.keys(properties);
  const missing = (required as string[]).find((name) => !Object.hasOwn(properties, name));
  if (missing !== undefined && names.length > 0)
    throw new SchemaUnsupportedError(
      `${path}/required`,
      `names "${missing.slice(0, 60)}", which has no schema.`,
    );
  if (names.length === 0) return mapRule(writer, schema, path, depth);
  if (additionalProperties !== undefined && typeof additionalProperties !== 'boolean')
    throw new SchemaUnsupportedError(
      `${path}/additionalProperties`,
      'beside properties must be true or false.',
    );
  if (Number(minProperties) > required.length)
    throw new SchemaUnsupportedError(
      `${path}/minProperties`,
      'beyond the required ones cannot be enforced here.',
    );
  // What else an object might hold is left out: none of it is asked for.
  const needed = new Set(required as string[]);
  const entries = names.map((name) => {
    const space = writer.rules.space();
    const value = writer.write(properties[name], `${path}/properties/${name}`, depth + 1);
    return {
      needed: needed.has(name),
      rule: writer.rules.add(`${jsonLiteral(name)} ${space} ":" ${space} ${value}`),
    };
  });
  return writer.rules.add(entriesRule(writer, entries));
}

/** An object whose names are not known beforehand. */
function mapRule(
  writer: SchemaRules,
  { additionalProperties = true, minProperties = 0, required }: Schema,
  path: string,
  depth: number,
): string {
  if (Array.isArray(required) && required.length > 0)
    throw new SchemaUnsupportedError(`${path}/required`, 'names what has no schema.');
  const space = writer.rules.space();
  if (additionalProperties === false) return `"{" ${space} "}"`;
  const value = writer.write(additionalProperties, `${path}/additionalProperties`, depth + 1);
  const pair = writer.rules.add(`${writer.rules.string()} ${space} ":" ${space} ${value}`);
  const rest = `(${space} "," ${space} ${pair})*`;
  if (Number(minProperties) > 1)
    throw new SchemaUnsupportedError(`${path}/minProperties`, 'above 1 cannot be enforced here.');
  const inside = Number(minProperties) === 1 ? `${pair} ${rest}` : `(${pair} ${rest})?`;
  return writer.rules.add(`"{" ${space} ${inside} ${space} "}"`);
}

/** Entries in the order of the schema; each that is not needed may be left out. */
function entriesRule(
  { rules }: SchemaRules,
  entries: ReadonlyArray<{ needed: boolean; rule: string }>,
): string {
  const space = rules.space();
  const comma = `${space} "," ${space}`;
  // From the last one on: what may follow once something stands before it, and once nothing does.
  let after = '';
  let first = '';
  let canBeEmpty = true;
  for (const { needed, rule } of entries.toReversed()) {
    const own = `${rule}${after === '' ? '' : ` ${after}`}`;
    const next = `${comma} ${own}`;
    const ownName = rules.add(own);
    first = needed || first === '' ? ownName : `${ownName} | ${first}`;
    if (needed) canBeEmpty = false;
    after = needed
      ? rules.add(next)
      : rules.add(after === '' ? `(${next})?` : `${next} | ${after}`);
  }
  const inside = canBeEmpty ? `(${first})?` : `(${first})`;
  return `"{" ${space} ${inside} ${space} "}"`;
}
