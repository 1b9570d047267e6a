import type { IncomingMessage, ServerResponse } from 'node:http';
import { realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import send from '@fastify/send';
import type { StaticFiles } from '../../config/index.js';

/** A name that `send` ignores, to be answered as one that is not there. */
const MISSING = '/.missing';

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

/** Whether what was found is, over links too, within the folder. */
async function isWithin(root: string, found: Sent): Promise<boolean> {
  if (found.type !== 'file') return true;
  const [top, target] = await Promise.all([realpath(root), realpath(found.metadata.path)]);
  return target.startsWith(top + sep);
}

async function sendWithin(request: IncomingMessage, path: string, root: string): Promise<Sent> {
  const found = await send(request, path, { root, dotfiles: 'ignore' });
  if (await isWithin(root, found)) return found;
  found.stream.destroy();
  return send(request, MISSING, { root, dotfiles: 'ignore' });
}

async function find(request: IncomingMessage, folder: StaticFiles): Promise<Sent> {
  const { dir: root, fallback } = folder;
  const path = below(folder, request.url ?? '') ?? '/';
  const found = await sendWithin(request, path, root);
  // A page of the program behind these files: it reads the address by itself.
  if (found.statusCode !== 404 || !fallback || !opensPage(request)) return found;
  return sendWithin(request, `/${fallback}`, root);
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
