import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../src/common/index.js';
import { DIALECTS } from '../../src/dialects/index.js';

interface Schema {
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  enum?: unknown[];
}

interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header' | 'cookie';
}

interface Operation {
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}

interface Document {
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Schema> };
}

/** A route as its API describes it, with the places where a caller can put a text. */
export interface DescribedRoute {
  method: string;
  /** With `{names}`. */
  path: string;
  pathFields: string[];
  queryFields: string[];
  /** Fields of a JSON body. */
  bodyFields: string[];
  /** Fields of a form. */
  formFields: string[];
  hasJson: boolean;
}

const DEEPEST = 6;

function fieldsOf(schema: Schema, document: Document, depth = 0): string[] {
  if (depth > DEEPEST) return [];
  const name = schema.$ref?.split('/').at(-1);
  const known = name === undefined ? schema : (document.components?.schemas?.[name] ?? {});
  const parts = [...(known.anyOf ?? []), ...(known.oneOf ?? []), ...(known.allOf ?? [])];
  return [
    ...Object.keys(known.properties ?? {}),
    ...parts.flatMap((part) => fieldsOf(part, document, depth + 1)),
  ];
}

function routesOf(document: Document): DescribedRoute[] {
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { parameters = [], requestBody }]) => {
      const named = (place: Parameter['in']): string[] =>
        parameters.filter((one) => one.in === place).map(({ name }) => name);
      const content = requestBody?.content ?? {};
      const json = content['application/json'];
      const form = content['multipart/form-data'];
      return {
        method: method.toUpperCase(),
        path,
        pathFields: named('path'),
        queryFields: named('query'),
        bodyFields: json ? [...new Set(fieldsOf(json.schema, document))] : [],
        formFields: form ? [...new Set(fieldsOf(form.schema, document))] : [],
        hasJson: json !== undefined,
      };
    }),
  );
}

/** Every route of the core and of all dialects that their descriptions name. */
export function describedRoutes(): DescribedRoute[] {
  const files = ['openapi.json', ...DIALECTS.map(({ name }) => `openapi/${name}.json`)];
  return files.flatMap((file) => {
    const text = readFileSync(join(PACKAGE_ROOT, 'docs', file), 'utf8');
    return routesOf(JSON.parse(text) as Document);
  });
}
