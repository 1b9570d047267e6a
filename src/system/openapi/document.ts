import type { INestApplication } from '@nestjs/common';
import { DiscoveryService, ModulesContainer } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { AccessCheck } from '../../auth/index.js';
import { VERSION } from '../../common/index.js';
import { completeOperation, type Operation } from './complete-operation.js';
import { closeSchemas } from './schemas.js';

const DESCRIPTION = `The core API of Atelier, one authenticated door in front of an image engine.

Every operation says under \`x-permission\` who may call it: \`public\`, or the permission that the caller's role or
key must hold. Every failed request has the same body, with a stable \`code\`; the codes of an operation are the
names of its examples. A field that is not described is refused, never dropped.`;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

function skeleton(): Omit<OpenAPIObject, 'paths'> {
  return new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Atelier')
    .setVersion(VERSION)
    .setDescription(DESCRIPTION)
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

/** The description of the whole API: from the controllers, their DTO classes and what they declare. */
export function describeApi(app: INestApplication): OpenAPIObject {
  // Made by hand, because an application in preview, which describes a server without one, has no providers.
  const handlers = new AccessCheck(new DiscoveryService(app.get(ModulesContainer))).handlers();
  const access = new Map(handlers.map((handler) => [handler.handler, handler.access]));
  const document = SwaggerModule.createDocument(app, skeleton(), {
    operationIdFactory: (controller, method) => `${controller}.${method}`,
  });
  for (const { operation } of operationsOf(document)) {
    completeOperation(operation, access.get(operation.operationId.replace(/[:[].*$/, '')));
  }
  closeSchemas(document);
  return document;
}
