import { randomBytes } from 'node:crypto';
import { Controller, Get, Header, Headers, Param, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/index.js';
import { Describe, NotFoundError } from '../common/index.js';
import { pagePolicy } from './page-policy.js';
import { VIEWS } from './views.js';
import { WebFiles, type SentFile } from './web-files.js';

const NOT_BUILT = new NotFoundError(
  'The dashboard is not built. Run "npm run setup" on the server.',
);

function send(reply: FastifyReply, { bytes, type, encoding }: SentFile): Buffer {
  void reply.header('content-type', type).header('vary', 'accept-encoding');
  if (encoding) void reply.header('content-encoding', encoding);
  return bytes;
}

/** The dashboard. What it shows it asks of the API with its user's own credential, so its files are open to all. */
@ApiTags('dashboard')
@Controller()
export class PagesController {
  constructor(private readonly files: WebFiles) {}

  @Get(VIEWS)
  @Public()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('cache-control', 'no-cache')
  @Header('x-content-type-options', 'nosniff')
  @Header('referrer-policy', 'no-referrer')
  @Describe({ summary: 'A view of the dashboard', files: ['text/html'], errors: [NOT_BUILT] })
  async page(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const page = await this.files.page();
    const nonce = randomBytes(16).toString('base64');
    void reply.header('content-security-policy', pagePolicy(nonce));
    return page.replace('</head>', `<meta name="style-nonce" content="${nonce}" /></head>`);
  }

  @Get('assets/:file')
  @Public()
  @Header('cache-control', 'public, max-age=31536000, immutable')
  @Header('x-content-type-options', 'nosniff')
  @Describe({
    summary: 'A file of the dashboard; its name changes with its content',
    files: ['text/javascript', 'text/css', 'font/woff2', 'image/svg+xml'],
    errors: [NOT_BUILT],
  })
  async asset(
    @Param('file') file: string,
    @Headers('accept-encoding') accepted: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    return send(reply, await this.files.file(`assets/${file}`, accepted));
  }

  @Get('favicon.svg')
  @Public()
  @Header('cache-control', 'public, max-age=86400')
  @Header('x-content-type-options', 'nosniff')
  @Describe({ summary: 'The sign of the dashboard', files: ['image/svg+xml'], errors: [NOT_BUILT] })
  async favicon(
    @Headers('accept-encoding') accepted: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    return send(reply, await this.files.file('favicon.svg', accepted));
  }
}
