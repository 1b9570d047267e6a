import { JsonRules, literal } from './gbnf.js';
import { SchemaUnsupportedError } from './schema-errors.js';
import { SchemaWriter } from './schema-writer.js';
import { isSchema } from './schema.js';

/**
 * The grammar of the values that a JSON Schema allows.
 * @throws SchemaUnsupportedError for whatever cannot be enforced
 */
export function grammarOfSchema(schema: unknown): string {
  if (!isSchema(schema)) throw new SchemaUnsupportedError('#', 'must be an object.');
  const writer = new SchemaWriter(schema);
  const root = writer.write(schema, '#', 0);
  return writer.rules.toString(root);
}

/** The grammar of any JSON object. */
export function grammarOfObject(): string {
  const rules = new JsonRules();
  return rules.toString(rules.object());
}

/** A tool and the schema of its arguments. */
export interface ToolSchema {
  name: string;
  parameters: Record<string, unknown>;
}

/**
 * The grammar of calls of tools, each an object with `name` and the arguments under `key`.
 * @param around what stands before, between and after the calls
 * @throws SchemaUnsupportedError
 */
export function grammarOfCalls(
  tools: readonly ToolSchema[],
  key: 'arguments' | 'parameters',
  around: { open: string; between: string | null; close: string },
): string {
  const all = tools.map(({ name, parameters }) => ({
    type: 'object',
    properties: { name: { const: name }, [key]: parameters },
    required: ['name', key],
  }));
  // Definitions belong to the schema of their own tool: each is written by a writer of its own, into the same rules.
  const rules = new JsonRules();
  const roots = all.map((schema, index) => {
    const parameters = tools[index]?.parameters ?? {};
    const writer = new SchemaWriter(parameters, rules);
    return writer.write(schema, '#', 0);
  });
  const call = rules.add(roots.join(' | '));
  const more = around.between === null ? '' : `(${literal(around.between)} ${call})*`;
  const open = around.open === '' ? '' : `${literal(around.open)} `;
  const close = around.close === '' ? '' : ` ${literal(around.close)}`;
  return rules.toString(`${open}${call} ${more}${close}`);
}
