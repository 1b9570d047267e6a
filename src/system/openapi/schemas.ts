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
