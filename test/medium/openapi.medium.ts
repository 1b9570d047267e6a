import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AccessCheck } from '../../src/auth/index.js';
import { DIALECTS } from '../../src/dialects/index.js';
import { describeApi, operationsOf } from '../../src/system/index.js';
import { createTestApp, type TestApp } from '../support/app.js';

type ApiDocument = ReturnType<typeof describeApi>;
type Operation = ReturnType<typeof operationsOf>[number];

interface Media {
  schema?: object;
  example?: unknown;
  examples?: Record<string, { value: unknown }>;
}

let server: TestApp;
let documents: ApiDocument[];
let operations: Operation[];

beforeAll(async () => {
  server = await createTestApp();
  documents = [undefined, ...DIALECTS].map((dialect) => describeApi(server.app, dialect));
  operations = documents.flatMap(operationsOf);
});

afterAll(async () => {
  await server.close();
});

const nameOf = ({ method, path }: Operation): string => `${method.toUpperCase()} ${path}`;

/** The names of the operations that do not fit; a list that says more than a count when it is not empty. */
function misfits(fits: (operation: Operation) => boolean): string[] {
  return operations.filter((operation) => !fits(operation)).map(nameOf);
}

function mediaOf({ operation }: Operation): { where: string; json: Media }[] {
  const body = operation.requestBody as { content?: Record<string, Media> } | undefined;
  const responses = Object.entries(operation.responses) as [
    string,
    { content?: Record<string, Media> },
  ][];
  return [...responses, ...(body ? [['body', body] as const] : [])].flatMap(
    ([where, { content }]) => {
      const json = content?.['application/json'];
      return json ? [{ where, json }] : [];
    },
  );
}

function examplesOf({ example, examples }: Media): unknown[] {
  const single = example === undefined ? [] : [example];
  return [...single, ...Object.values(examples ?? {}).map(({ value }) => value)];
}

describe('the description of the API', () => {
  it('has every route that the server answers, and no other', () => {
    const routes = server.routes
      .filter(({ method }) => method !== 'HEAD')
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
    expect(operations.map(nameOf).toSorted()).toEqual(routes.toSorted());
  });

  it('says of each what it does and who may call it, as the handler declares', () => {
    const declared = new Map(
      server.app
        .get(AccessCheck, { strict: false })
        .handlers()
        .flatMap(({ routes, access }) => routes.map((route) => [route, access])),
    );
    expect(misfits(({ operation }) => Boolean(operation.summary))).toEqual([]);
    expect(
      misfits((one) => {
        const route = nameOf(one).replaceAll(/\{(\w+)\}/g, ':$1');
        return one.operation['x-permission'] === declared.get(route);
      }),
    ).toEqual([]);
  });

  it('says of each one way to succeed, and how it fails', () => {
    const statuses = ({ operation }: Operation): string[] => Object.keys(operation.responses);
    const good = (one: Operation) => statuses(one).filter((status) => /^[23]/.test(status));
    const succeeds = (one: Operation) => one.operation['x-only-refuses'] !== true;
    expect(misfits((one) => good(one).length >= 1 === succeeds(one))).toEqual([]);
    expect(misfits((one) => statuses(one).some((status) => status.startsWith('4')))).toEqual([]);
    expect(
      misfits(
        (one) =>
          one.operation['x-permission'] === 'public' ||
          ['401', '403'].every((status) => statuses(one).includes(status)),
      ),
    ).toEqual([]);
  });

  it('has a schema and examples for every JSON that is sent or answered, and the examples fit', () => {
    expect(documents.flatMap(misfitsOfExamples)).toEqual([]);
  });
});

/** Where a document lacks a schema or an example, or has one that does not fit. */
function misfitsOfExamples(document: ApiDocument): string[] {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
  ajv.addSchema(document, 'api');
  const faults: string[] = [];
  for (const one of operationsOf(document)) {
    for (const { where, json } of mediaOf(one)) {
      const name = `${nameOf(one)} ${where}`;
      if (!json.schema) faults.push(`${name}: no schema`);
      const local = JSON.stringify(json.schema ?? {}).replaceAll('"#/', '"api#/');
      const validate = ajv.compile(JSON.parse(local) as object);
      const examples = examplesOf(json);
      // A body may have its examples at the fields of its class.
      if (examples.length === 0 && where !== 'body') faults.push(`${name}: no example`);
      for (const example of examples) {
        if (!validate(example)) faults.push(`${name}: ${ajv.errorsText(validate.errors)}`);
      }
    }
  }
  return faults;
}
