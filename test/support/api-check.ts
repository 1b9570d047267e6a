import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { PACKAGE_ROOT } from '../../src/common/index.js';
import { DIALECTS } from '../../src/dialects/index.js';

interface ApiDocument {
  paths: Record<string, Record<string, { responses: Record<string, { content?: object }> }>>;
}

function readDocument(path: string): ApiDocument {
  return JSON.parse(readFileSync(join(PACKAGE_ROOT, 'docs', path), 'utf8')) as ApiDocument;
}

/** The descriptions of all APIs of the server, by the name under which the validators know them. */
const DOCUMENTS = new Map(
  ['openapi.json', ...DIALECTS.map(({ name }) => `openapi/${name}.json`)].map((path) => [
    path.replaceAll('/', '-'),
    readDocument(path),
  ]),
);

const ajv = new Ajv2020({ strict: false, allErrors: true });
// The package is CommonJS: its function is the default of its default.
(addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
for (const [name, document] of DOCUMENTS) ajv.addSchema(document, name);

const validators = new Map<string, ValidateFunction>();

function escaped(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1');
}

function validatorAt(name: string, parts: string[]): ValidateFunction {
  const pointer = `${name}#/${parts.map((part) => encodeURIComponent(escaped(part))).join('/')}`;
  const known = validators.get(pointer) ?? ajv.compile({ $ref: pointer });
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
  const [document, { paths }] = [...DOCUMENTS].find(([, { paths }]) => paths[path]) ?? [
    '',
    { paths: {} },
  ];
  const operation = paths[path]?.[method.toLowerCase()];
  const name = `${method} ${path} -> ${status}`;
  if (!operation) return `${name}: the route is not described`;
  const response = operation.responses[String(status)];
  if (!response) return `${name}: the status is not described: ${body.slice(0, 200)}`;
  const [type = ''] = contentType.split(';');
  if (!response.content && body === '') return undefined;
  if (!Object.hasOwn(response.content ?? {}, type)) return `${name}: ${type} is not described`;
  if (type !== 'application/json') return undefined;
  const at = ['paths', path, method.toLowerCase(), 'responses', String(status)];
  const validate = validatorAt(document, [...at, 'content', type, 'schema']);
  if (validate(JSON.parse(body))) return undefined;
  return `${name}: ${ajv.errorsText(validate.errors)} in ${body.slice(0, 400)}`;
}
