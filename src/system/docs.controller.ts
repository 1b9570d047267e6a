import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Controller, Get, Header } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public } from '../auth/index.js';
import { Describe, PACKAGE_ROOT } from '../common/index.js';
import { readScalar } from './scalar.js';

const START = `Scalar.createApiReference('#docs', {
  url: '/api/openapi.json',
  withDefaultFonts: false,
  telemetry: false,
  hideClientButton: true,
  showDeveloperTools: 'never',
  agent: { disabled: true },
  mcp: { disabled: true },
});`;

const START_HASH = createHash('sha256').update(START).digest('base64');

/** Nothing from elsewhere; the styles that the page writes itself are its own. */
const POLICY = [
  "default-src 'none'",
  `script-src 'self' 'sha256-${START_HASH}'`,
  "style-src 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Atelier: the API</title>
    <link rel="icon" href="data:,">
  </head>
  <body>
    <div id="docs"></div>
    <script src="/api/docs/scalar.js"></script>
    <script>${START}</script>
  </body>
</html>
`;

/** The description of the API, for programs and for people. Everything comes from this server. */
@ApiTags('system')
@Controller('api')
export class DocsController {
  private document: Promise<string> | undefined;

  @Get('openapi.json')
  @Public()
  @Header('content-type', 'application/json; charset=utf-8')
  @Header('access-control-allow-origin', '*')
  @Describe({
    summary: 'The description of this API',
    schema: {
      type: 'object',
      properties: {
        openapi: { type: 'string' },
        info: { type: 'object' },
        paths: { type: 'object' },
      },
      required: ['openapi', 'info', 'paths'],
    },
    example: { openapi: '3.1.0', info: { title: 'Atelier', version: '1.0.0' }, paths: {} },
  })
  openapi(): Promise<string> {
    this.document ??= readFile(join(PACKAGE_ROOT, 'docs/openapi.json'), 'utf8');
    return this.document;
  }

  @Get('docs')
  @Public()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', POLICY)
  @Header('x-content-type-options', 'nosniff')
  @Header('referrer-policy', 'no-referrer')
  @Describe({ summary: 'The description of this API as a page', files: ['text/html'] })
  page(): string {
    return PAGE;
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
