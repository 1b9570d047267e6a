import { posix } from 'node:path';
import { Controller, Get, Header, type Type } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public } from '../auth/index.js';
import { CORE_ERRORS, describer } from '../common/index.js';
import type { Dialect } from '../dialects/index.js';
import {
  DOCUMENT_EXAMPLE,
  DOCUMENT_SCHEMA,
  documentText,
  htmlOf,
  policyOf,
  type DocsPage,
} from './docs-page.js';
import { readScalar } from './scalar.js';

/** An API of this server, as far as the pages about it go. */
interface DescribedApi extends Pick<Dialect, 'title' | 'mount' | 'docs' | 'errors'> {
  /** The generated document, below `docs/`. */
  file: string;
  /** What the description groups these routes under. */
  tag: string;
  /** Name of the controller. */
  controller: string;
}

/** The generated document of a dialect, below `docs/`. */
export function documentPath({ name }: Dialect): string {
  return `openapi/${name}.json`;
}

/** The description of an API, for programs and for people. Everything comes from this server. */
function docsController(api: DescribedApi): Type<unknown> {
  const { title, mount, docs, errors, file, tag, controller } = api;
  const page: DocsPage = {
    title,
    document: posix.relative(posix.dirname(docs.page), docs.document),
    program: `${posix.basename(docs.page)}/scalar.js`,
  };
  const DescribeHere = describer(errors);

  @ApiTags(tag)
  @Controller()
  class ApiDocsController {
    @Get(`${mount}${docs.document}`)
    @Public()
    @Header('content-type', 'application/json; charset=utf-8')
    @Header('access-control-allow-origin', '*')
    @DescribeHere({
      summary: 'The description of this API',
      schema: DOCUMENT_SCHEMA,
      example: DOCUMENT_EXAMPLE,
    })
    openapi(): Promise<string> {
      return documentText(file);
    }

    @Get(`${mount}${docs.page}`)
    @Public()
    @Header('content-type', 'text/html; charset=utf-8')
    @Header('content-security-policy', policyOf(page))
    @Header('x-content-type-options', 'nosniff')
    @Header('referrer-policy', 'no-referrer')
    @DescribeHere({ summary: 'The description of this API as a page', files: ['text/html'] })
    page(): string {
      return htmlOf(page);
    }

    @Get(`${mount}${docs.page}/scalar.js`)
    @Public()
    @Header('content-type', 'text/javascript; charset=utf-8')
    @Header('cache-control', 'public, max-age=86400')
    @Header('x-content-type-options', 'nosniff')
    @DescribeHere({ summary: 'The program of that page', files: ['text/javascript'] })
    script(): Promise<string> {
      return readScalar();
    }
  }

  Object.defineProperty(ApiDocsController, 'name', { value: controller });
  return ApiDocsController;
}

/** The pages about the core's own API. */
export const CoreDocsController = docsController({
  title: 'Atelier: the API',
  mount: '/api',
  docs: { page: '/docs', document: '/openapi.json' },
  errors: CORE_ERRORS,
  file: 'openapi.json',
  tag: 'system',
  controller: 'DocsController',
});

/** The pages about a dialect, where its clients look for them. */
export function dialectDocs(dialect: Dialect): Type<unknown> {
  const file = documentPath(dialect);
  return docsController({
    ...dialect,
    file,
    tag: 'description',
    controller: `${dialect.name}Docs`,
  });
}
