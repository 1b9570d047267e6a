import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../common/index.js';

/** The page stands beside the document; its program stands below the page. */
export interface DocsPage {
  title: string;
  /** Address of the document, relative to the page. */
  document: string;
  /** Address of Scalar's program, relative to the page. */
  program: string;
}

function startOf({ document }: DocsPage): string {
  return `Scalar.createApiReference('#docs', {
  url: new URL('${document}', location.href).pathname,
  withDefaultFonts: false,
  telemetry: false,
  hideClientButton: true,
  showDeveloperTools: 'never',
  agent: { disabled: true },
  mcp: { disabled: true },
});`;
}

/** Nothing from elsewhere; the styles that the page writes itself are its own. */
export function policyOf(page: DocsPage): string {
  const hash = createHash('sha256').update(startOf(page)).digest('base64');
  return [
    "default-src 'none'",
    `script-src 'self' 'sha256-${hash}'`,
    "style-src 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "worker-src 'self' blob:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

export function htmlOf(page: DocsPage): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${page.title}</title>
    <link rel="icon" href="data:,">
  </head>
  <body>
    <div id="docs"></div>
    <script src="${page.program}"></script>
    <script>${startOf(page)}</script>
  </body>
</html>
`;
}

const documents = new Map<string, Promise<string>>();

/** A generated document, by its path below `docs/`; read once. */
export function documentText(path: string): Promise<string> {
  const known = documents.get(path) ?? readFile(join(PACKAGE_ROOT, 'docs', path), 'utf8');
  documents.set(path, known);
  return known;
}

export const DOCUMENT_SCHEMA = {
  type: 'object',
  properties: {
    openapi: { type: 'string' },
    info: { type: 'object' },
    paths: { type: 'object' },
  },
  required: ['openapi', 'info', 'paths'],
};

export const DOCUMENT_EXAMPLE = {
  openapi: '3.1.0',
  info: { title: 'Atelier', version: '1.0.0' },
  paths: {},
};
