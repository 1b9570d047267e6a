import { Controller, Get, Header } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public } from '../auth/index.js';
import { Describe } from '../common/index.js';
import {
  DOCUMENT_EXAMPLE,
  DOCUMENT_SCHEMA,
  documentText,
  htmlOf,
  policyOf,
  type DocsPage,
} from './docs-page.js';
import { readScalar } from './scalar.js';

const PAGE: DocsPage = {
  title: 'Atelier: the API',
  document: 'openapi.json',
  program: 'docs/scalar.js',
};

/** The description of the API, for programs and for people. Everything comes from this server. */
@ApiTags('system')
@Controller('api')
export class DocsController {
  @Get('openapi.json')
  @Public()
  @Header('content-type', 'application/json; charset=utf-8')
  @Header('access-control-allow-origin', '*')
  @Describe({
    summary: 'The description of this API',
    schema: DOCUMENT_SCHEMA,
    example: DOCUMENT_EXAMPLE,
  })
  openapi(): Promise<string> {
    return documentText('openapi.json');
  }

  @Get('docs')
  @Public()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', policyOf(PAGE))
  @Header('x-content-type-options', 'nosniff')
  @Header('referrer-policy', 'no-referrer')
  @Describe({ summary: 'The description of this API as a page', files: ['text/html'] })
  page(): string {
    return htmlOf(PAGE);
  }

  @Get('docs/scalar.js')
  @Public()
  @Header('content-type', 'text/javascript; charset=utf-8')
  @Header('cache-control', 'public, max-age=86400')
  @Header('x-content-type-options', 'nosniff')
  @Describe({ summary: 'The program of that page', files: ['text/javascript'] })
  script(): Promise<string> {
    return readScalar();
  }
}
