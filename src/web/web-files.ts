import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import { NotFoundError, PACKAGE_ROOT } from '../common/index.js';

const FOLDER = join(PACKAGE_ROOT, 'web/dist');

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

/** Small enough to send and quick enough to make once, at the first request. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } };

/** A file of the dashboard as it goes over the wire. */
export interface SentFile {
  bytes: Buffer;
  type: string;
  encoding?: 'br' | 'gzip';
}

/** The built files of the dashboard. They are few and do not change while the server runs: all stay in memory. */
@Injectable()
export class WebFiles {
  private names: Promise<ReadonlySet<string>> | undefined;
  private readonly files = new Map<string, Promise<SentFile>>();

  /** @throws NotFoundError where the dashboard was not built. */
  async page(): Promise<string> {
    const { bytes } = await this.sent('index.html', undefined);
    return bytes.toString();
  }

  /**
   * @param path below the built folder, with `/` between its parts.
   * @param accepted `Accept-Encoding` of the request.
   * @throws NotFoundError
   */
  async file(path: string, accepted = ''): Promise<SentFile> {
    const packed = extname(path) === '.woff2' ? undefined : encodingOf(accepted);
    return this.sent(path, packed);
  }

  private async sent(path: string, encoding: SentFile['encoding']): Promise<SentFile> {
    this.names ??= namesBelow(FOLDER);
    const names = await this.names;
    if (!names.has('index.html'))
      throw new NotFoundError('The dashboard is not built. Run "npm run setup" on the server.');
    if (!names.has(path)) throw new NotFoundError(`The dashboard has no file "${path}".`);
    const key = `${encoding ?? ''} ${path}`;
    const known = this.files.get(key) ?? read(path, encoding);
    this.files.set(key, known);
    return known;
  }
}

function encodingOf(accepted: string): SentFile['encoding'] {
  if (/\bbr\b/.test(accepted)) return 'br';
  return /\bgzip\b/.test(accepted) ? 'gzip' : undefined;
}

async function namesBelow(folder: string): Promise<ReadonlySet<string>> {
  const entries = await readdir(folder, { recursive: true }).catch(() => []);
  return new Set(entries.map((entry) => entry.replaceAll('\\', '/')));
}

async function read(path: string, encoding: SentFile['encoding']): Promise<SentFile> {
  const plain = await readFile(join(FOLDER, path));
  const type = TYPES[extname(path)] ?? 'application/octet-stream';
  if (encoding === 'br') return { bytes: await brotli(plain, BROTLI), type, encoding };
  if (encoding === 'gzip') return { bytes: await zip(plain), type, encoding };
  return { bytes: plain, type };
}
