import type { OpenAPIObject } from '@nestjs/swagger';

interface ObjectSchema {
  type?: string;
  properties?: object;
  additionalProperties?: unknown;
}

/** Objects hold what is described and nothing else, in requests and in replies alike. */
export function closeSchemas({ components }: OpenAPIObject): void {
  for (const schema of Object.values(components?.schemas ?? {}) as ObjectSchema[]) {
    if (schema.type === 'object' && schema.properties) schema.additionalProperties ??= false;
  }
}

const REFERENCE = /"#\/components\/schemas\/([^"]+)"/g;

function namesIn(value: unknown): string[] {
  return Array.from(JSON.stringify(value).matchAll(REFERENCE), ([, name = '']) => name);
}

/** Leaves out the schemas that nothing in the document leads to. */
export function keepUsedSchemas({ paths, components }: OpenAPIObject): void {
  const schemas = components?.schemas ?? {};
  const used = new Set<string>();
  const waiting = namesIn(paths);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (used.has(name)) continue;
    used.add(name);
    waiting.push(...namesIn(schemas[name] ?? {}));
  }
  for (const name of Object.keys(schemas)) if (!used.has(name)) delete schemas[name];
}
