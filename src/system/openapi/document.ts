import type { INestApplication } from '@nestjs/common';
import { DiscoveryService, ModulesContainer } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { AccessCheck } from '../../auth/index.js';
import { CORE_ERRORS, isBelow, VERSION, type ErrorForm } from '../../common/index.js';
import { DIALECTS, type Dialect } from '../../dialects/index.js';
import { completeOperation, type Operation } from './complete-operation.js';
import { closeSchemas, keepUsedSchemas } from './schemas.js';

const DESCRIPTION = `The core API of Atelier, one authenticated door in front of an image engine.

Every operation says under \`x-permission\` who may call it: \`public\`, or the permission that the caller's role or
key must hold. Every failed request has the same body, with a stable \`code\`; the codes of an operation are the
names of its examples. A field that is not described is refused, never dropped.`;

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'options'] as const;

/** One of the APIs of this server, as it is described. */
interface ApiPart {
  title: string;
  description: string;
  errors: ErrorForm;
  has(path: string): boolean;
}

function partOf({ title, description, errors, prefix, mount, docs }: Dialect): ApiPart {
  // The pages about a dialect may stand outside its prefix where that has no mount.
  const own = [docs.page, docs.document].map((path) => `${mount}${path}`);
  const has = (path: string): boolean => [prefix, ...own].some((place) => isBelow(path, place));
  return { title, description, errors, has };
}

const CORE: ApiPart = {
  title: 'Atelier',
  description: DESCRIPTION,
  errors: CORE_ERRORS,
  has: (path) => !DIALECTS.map(partOf).some((dialect) => dialect.has(path)),
};

function skeleton({ title, description }: ApiPart): Omit<OpenAPIObject, 'paths'> {
  return new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(title)
    .setVersion(VERSION)
    .setDescription(description)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', description: 'The token of a log in, or an API key.' },
      'bearer',
    )
    .addApiKey(
      { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'The key of a program.' },
      'apiKey',
    )
    .addApiKey(
      {
        type: 'apiKey',
        in: 'header',
        name: 'X-Unix-User',
        description:
          'An account of the machine: over the Unix socket or from a trusted proxy only.',
      },
      'unixUser',
    )
    .build();
}

/** Every operation of a document with its path and method. */
export function operationsOf(
  document: OpenAPIObject,
): { path: string; method: string; operation: Operation }[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method] as Operation | undefined;
      return operation ? [{ path, method, operation }] : [];
    }),
  );
}

/**
 * The description of one of the server's APIs: from the controllers, their DTO classes and what they declare.
 * @param dialect the core's own API unless given
 */
export function describeApi(app: INestApplication, dialect?: Dialect): OpenAPIObject {
  // Made by hand, because an application in preview, which describes a server without one, has no providers.
  const handlers = new AccessCheck(new DiscoveryService(app.get(ModulesContainer))).handlers();
  const access = new Map(handlers.map((handler) => [handler.handler, handler.access]));
  const part = dialect ? partOf(dialect) : CORE;
  const document = SwaggerModule.createDocument(app, skeleton(part), {
    operationIdFactory: (controller, method) => `${controller}.${method}`,
  });
  document.paths = Object.fromEntries(
    Object.entries(document.paths).filter(([path]) => part.has(path)),
  );
  for (const found of operationsOf(document)) {
    const handler = found.operation.operationId.split(/[:[]/, 1)[0] ?? '';
    completeOperation(found, access.get(handler), part.errors);
  }
  keepUsedSchemas(document);
  closeSchemas(document);
  return document;
}
