import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { PACKAGE_ROOT } from '../../src/common/index.js';

interface ApiDocument {
  paths: Record<string, Record<string, { responses: Record<string, { content?: object }> }>>;
}

const DOCUMENT = JSON.parse(
  readFileSync(join(PACKAGE_ROOT, 'docs/openapi.json'), 'utf8'),
) as ApiDocument;

const ajv = new Ajv2020({ strict: false, allErrors: true });
// The package is CommonJS: its function is the default of its default.
(addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
ajv.addSchema(DOCUMENT, 'api');

const validators = new Map<string, ValidateFunction>();

function escaped(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1');
}

function validatorAt(parts: string[]): ValidateFunction {
  const pointer = parts.map((part) => encodeURIComponent(escaped(part))).join('/');
  const known = validators.get(pointer) ?? ajv.compile({ $ref: `api#/${pointer}` });
  validators.set(pointer, known);
  return known;
}

/** An answer of the server to a request of one of its routes. */
export interface Answer {
  method: string;
  /** As Fastify has it, for example `/api/queue/job/:id`. */
  route: string;
  status: number;
  contentType: string;
  body: string;
}

/** What an answer has that the description of the API does not promise; undefined where it keeps to it. */
export function strayingOf({
  method,
  route,
  status,
  contentType,
  body,
}: Answer): string | undefined {
  const path = route.replaceAll(/:(\w+)/g, '{$1}');
  const operation = DOCUMENT.paths[path]?.[method.toLowerCase()];
  const name = `${method} ${path} -> ${status}`;
  if (!operation) return `${name}: the route is not described`;
  const response = operation.responses[String(status)];
  if (!response) return `${name}: the status is not described: ${body.slice(0, 200)}`;
  const [type = ''] = contentType.split(';');
  if (!Object.hasOwn(response.content ?? {}, type)) return `${name}: ${type} is not described`;
  if (type !== 'application/json') return undefined;
  const at = ['paths', path, method.toLowerCase(), 'responses', String(status)];
  const validate = validatorAt([...at, 'content', type, 'schema']);
  if (validate(JSON.parse(body))) return undefined;
  return `${name}: ${ajv.errorsText(validate.errors)} in ${body.slice(0, 400)}`;
}
