import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import send from '@fastify/send';
import type { StaticFiles } from '../../config/index.js';

type Sent = Awaited<ReturnType<typeof send>>;

/** The path of a request below a folder's own; undefined where it is not below it. */
function below({ path }: StaticFiles, url: string): string | undefined {
  const [asked = ''] = url.split(/[?#]/, 1);
  if (asked === path) return '/';
  return asked.startsWith(`${path}/`) ? asked.slice(path.length) : undefined;
}

/** The folder that an address belongs to; undefined where it is none of them. */
export function folderFor(folders: readonly StaticFiles[], url: string): StaticFiles | undefined {
  return folders.find((folder) => below(folder, url) !== undefined);
}

/** Whether a person opens a page, as against a program that fetches something for it. */
export function opensPage({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && (headers.accept ?? '').includes('text/html');
}

async function find(request: IncomingMessage, folder: StaticFiles): Promise<Sent> {
  const { dir: root, fallback } = folder;
  const path = below(folder, request.url ?? '') ?? '/';
  const found = await send(request, path, { root, dotfiles: 'ignore' });
  // A page of the program behind these files: it reads the address by itself.
  if (found.statusCode !== 404 || !fallback || !opensPage(request)) return found;
  return send(request, `/${fallback}`, { root });
}

/** Sends a file of an operator's folder. */
export async function sendStatic(
  request: IncomingMessage,
  response: ServerResponse,
  folder: StaticFiles,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end();
    return;
  }
  const { statusCode, headers, stream } = await find(request, folder);
  response.writeHead(statusCode, { ...headers, 'x-content-type-options': 'nosniff' });
  await pipeline(stream, response);
}
