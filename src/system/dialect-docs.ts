import { posix } from 'node:path';
import { Controller, Get, Header, type Type } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public } from '../auth/index.js';
import { describer } from '../common/index.js';
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

/** The generated document of a dialect, below `docs/`. */
export function documentPath({ name }: Dialect): string {
  return `openapi/${name}.json`;
}

/** The pages that describe a dialect, where its clients look for them. */
export function dialectDocs(dialect: Dialect): Type<unknown> {
  const { mount, docs, errors, title } = dialect;
  const folder = posix.dirname(docs.page);
  const page: DocsPage = {
    title,
    document: posix.relative(folder, docs.document),
    program: `${posix.basename(docs.page)}/scalar.js`,
  };
  const DescribeHere = describer(errors);

  @ApiTags('description')
  @Controller()
  class DialectDocsController {
    @Get(`${mount}${docs.document}`)
    @Public()
    @Header('content-type', 'application/json; charset=utf-8')
    @Header('access-control-allow-origin', '*')
    @DescribeHere({
      summary: 'The description of this API',
      schema: DOCUMENT_SCHEMA,
      example: DOCUMENT_EXAMPLE,
    })
    document(): Promise<string> {
      return documentText(documentPath(dialect));
    }

    @Get(`${mount}${docs.page}`)
    @Public()
    @Header('content-type', 'text/html; charset=utf-8')
    @Header('content-security-policy', policyOf(page))
    @Header('x-content-type-options', 'nosniff')
    @Header('referrer-policy', 'no-referrer')
    @DescribeHere({ summary: 'The description of this API as a page', files: ['text/html'] })
    html(): string {
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

  Object.defineProperty(DialectDocsController, 'name', { value: `${dialect.name}Docs` });
  return DialectDocsController;
}
