import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from './until.js';

/** A file that the stand-in has, and how it behaves. */
export interface HubFile {
  bytes: Buffer;
  /** For each connection in turn: after how many bytes it is cut. What comes after the last is not. */
  cuts?: number[];
  /** For each connection in turn, its ETag; the last one stays. `''`: none. Default: by the bytes. */
  etags?: string[];
  /** Answers every request with the whole file. */
  ignoresRange?: boolean;
  /** Sends the part that is asked for, whether it is still the same file or not. */
  ignoresIfRange?: boolean;
  /** What it says its length is. */
  claims?: number;
  /** No length, in chunks. */
  unmeasured?: boolean;
  /** Holds the answer back after so many bytes until {@link StandInHub.open} is called. */
  holdAfter?: number;
  /** Answered instead of the file. */
  status?: number;
  headers?: Record<string, string>;
  /** HEAD is answered with this. */
  headStatus?: number;
}

export interface HubRequest {
  method: string;
  path: string;
  authorization: string | undefined;
  range: string | undefined;
  ifRange: string | undefined;
}

/** What the stand-in says of a model on Civitai. */
export interface CivitaiSample {
  modelId: number;
  versionId: number;
  name: string;
  type?: string;
  file: string;
  bytes: Buffer;
  sha256?: string;
  downloadUrl?: string;
  scan?: string;
}

export function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * Speaks what is used of the APIs of Civitai and Hugging Face, with the shapes of their real answers, and
 * misbehaves as it is told. It listens on any address of the loopback network, such as 127.0.0.2.
 */
export class StandInHub {
  /** By path, for example `/files/a.safetensors`. */
  readonly files = new Map<string, HubFile>();
  readonly requests: HubRequest[] = [];
  /** By path: where it sends the caller. */
  readonly redirects = new Map<string, string>();
  /** Answers before all else, by the beginning of a path. */
  readonly faults = new Map<
    string,
    { status: number; body?: string; headers?: Record<string, string> }
  >();
  private readonly models = new Map<string, object>();
  private readonly held: (() => void)[] = [];
  private isOpen = false;

  private constructor(private readonly server: Server) {}

  static async start(host = '127.0.0.1'): Promise<StandInHub> {
    const server = createServer();
    const hub = new StandInHub(server);
    server.on('request', (request, response) => hub.answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    return hub;
  }

  get url(): string {
    const { address, port } = this.server.address() as AddressInfo;
    return `http://${address}:${port}`;
  }

  async stop(): Promise<void> {
    this.open();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Lets go of every answer that is held back, now and later. */
  open(): void {
    this.isOpen = true;
    for (const go of this.held.splice(0)) go();
  }

  /** Settles when an answer is held back. */
  async holding(): Promise<void> {
    await until('an answer is held back', 10_000, () => this.held.length > 0);
  }

  /** The requests for a file's bytes. */
  gets(path: string): HubRequest[] {
    return this.requests.filter((one) => one.method === 'GET' && one.path === path);
  }

  addFile(path: string, file: HubFile): string {
    this.files.set(path, file);
    return this.url + path;
  }

  /** Puts a model on Civitai, its file under the address that its API names. */
  addToCivitai(sample: CivitaiSample, behaviour: Partial<HubFile> = {}): void {
    const { modelId, versionId, name, type = 'Checkpoint', bytes } = sample;
    const path = `/api/download/models/${versionId}`;
    this.files.set(path, { bytes, ...behaviour });
    const version = {
      id: versionId,
      modelId,
      index: 0,
      name: 'v1.0',
      baseModel: 'SDXL 1.0',
      baseModelType: 'Standard',
      publishedAt: '2026-01-10T12:00:00.000Z',
      status: 'Published',
      availability: 'Public',
      trainedWords: [],
      stats: { downloadCount: 1, thumbsUpCount: 0 },
      files: [
        {
          id: 1,
          sizeKB: 1.5,
          name: 'training.zip',
          type: 'Training Data',
          hashes: {},
          primary: false,
        },
        {
          id: 2,
          sizeKB: bytes.length / 1024,
          name: sample.file,
          type: 'Model',
          pickleScanResult: sample.scan ?? 'Success',
          virusScanResult: 'Success',
          metadata: { format: 'SafeTensor', size: 'pruned', fp: 'fp16' },
          hashes: {
            AutoV2: sha256Of(bytes).slice(0, 10).toUpperCase(),
            SHA256: (sample.sha256 ?? sha256Of(bytes)).toUpperCase(),
            CRC32: '00000000',
          },
          primary: true,
          downloadUrl: sample.downloadUrl ?? `${this.url}${path}`,
        },
      ],
      images: [],
      downloadUrl: sample.downloadUrl ?? `${this.url}${path}`,
    };
    const model = { name, type, nsfw: false, poi: false };
    this.models.set(`/api/v1/model-versions/${versionId}`, { ...version, model });
    const { modelId: _, ...inModel } = version;
    this.models.set(`/api/v1/models/${modelId}`, {
      id: modelId,
      ...model,
      description: '<p>none</p>',
      tags: [],
      creator: { username: 'somebody', image: null },
      modelVersions: [inModel],
    });
  }

  /**
   * Puts a large file into a repository on Hugging Face: its address sends to another one.
   * @param cdn where the bytes lie; default: here
   */
  addToHuggingFace(
    repo: string,
    name: string,
    file: HubFile,
    { cdn = this as StandInHub, revision = 'main', sha256 = sha256Of(file.bytes) } = {},
  ): void {
    const lies = `/cdn/${sha256Of(Buffer.from(repo + name))}`;
    cdn.files.set(lies, file);
    const path = `/${repo}/resolve/${revision}/${name}`;
    this.redirects.set(path, `${cdn.url}${lies}?X-Amz-Signature=abc`);
    this.linked.set(path, { size: file.claims ?? file.bytes.length, sha256 });
  }

  private readonly linked = new Map<string, { size: number; sha256: string }>();

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { method = 'GET', headers } = request;
    const { pathname } = new URL(request.url ?? '/', this.url);
    const path = decodeURIComponent(pathname);
    const { authorization, range } = headers;
    const ifRange = headers['if-range'] as string | undefined;
    this.requests.push({ method, path, authorization, range, ifRange });
    const fault = [...this.faults].find(([start]) => path.startsWith(start))?.[1];
    if (fault) {
      response.writeHead(fault.status, fault.headers).end(fault.body ?? '');
      return;
    }
    const location = this.redirects.get(path);
    if (location !== undefined) return this.redirect(path, location, response);
    const model = this.models.get(path);
    const file = this.files.get(path);
    if (model) json(response, 200, model);
    else if (file) void this.send(file, request, response, this.gets(path).length - 1);
    else if (path.startsWith('/api/v1/')) json(response, 404, { error: 'No model with this id' });
    else if (path.includes('/resolve/')) this.missing(path, response);
    else response.writeHead(404).end('Not found');
  }

  private redirect(path: string, location: string, response: ServerResponse): void {
    const linked = this.linked.get(path);
    response.writeHead(302, {
      location,
      ...(linked && {
        'x-repo-commit': '462165984030d82259a11f4367a4eed129e94a7b',
        'x-linked-size': String(linked.size),
        'x-linked-etag': `"${linked.sha256}"`,
      }),
    });
    response.end(`Found. Redirecting to ${location}`);
  }

  private missing(path: string, response: ServerResponse): void {
    const repo = path.split('/resolve/')[0];
    const isRepo = [...this.redirects.keys()].some((known) => known.startsWith(`${repo}/resolve/`));
    const code = isRepo ? 'EntryNotFound' : 'RepoNotFound';
    const status = isRepo ? 404 : 401;
    response.writeHead(status, { 'x-error-code': code, 'x-error-message': code }).end(code);
  }

  private async send(
    file: HubFile,
    { method, headers }: IncomingMessage,
    response: ServerResponse,
    turn: number,
  ): Promise<void> {
    const { bytes } = file;
    if (method === 'HEAD' && file.headStatus !== undefined) {
      response.writeHead(file.headStatus).end();
      return;
    }
    if (file.status !== undefined) {
      response.writeHead(file.status, file.headers).end();
      return;
    }
    const etags = file.etags ?? [`"${sha256Of(bytes).slice(0, 16)}"`];
    const etag = etags[Math.min(Math.max(turn, 0), etags.length - 1)] ?? '';
    const [, asked] = /^bytes=(\d+)-$/.exec(headers.range ?? '') ?? [];
    const ifRange = headers['if-range'];
    const isSame = ifRange === undefined || ifRange === etag || file.ignoresIfRange === true;
    const start = asked !== undefined && !file.ignoresRange && isSame ? Number(asked) : 0;
    const length = (file.claims ?? bytes.length) - start;
    if (start > 0 && start >= bytes.length) {
      response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
      return;
    }
    response.writeHead(start > 0 ? 206 : 200, {
      'content-type': 'application/octet-stream',
      ...(etag && { etag }),
      ...(!file.unmeasured && { 'content-length': String(length) }),
      ...(start > 0 && {
        'content-range': `bytes ${start}-${start + length - 1}/${file.claims ?? bytes.length}`,
      }),
      ...file.headers,
    });
    if (method === 'HEAD') {
      response.end();
      return;
    }
    const cut = file.cuts?.[turn];
    const end = Math.min(bytes.length, cut === undefined ? Infinity : start + cut);
    await this.write(response, bytes.subarray(start, end), file.holdAfter);
    const isWhole = cut === undefined && (file.claims ?? bytes.length) <= bytes.length;
    if (isWhole) response.end();
    else response.socket?.end();
  }

  private async write(response: ServerResponse, bytes: Buffer, holdAfter?: number): Promise<void> {
    const first = bytes.subarray(0, holdAfter);
    await new Promise<void>((resolve) => response.write(first, () => resolve()));
    if (holdAfter === undefined || first.length === bytes.length) return;
    if (!this.isOpen) await new Promise<void>((resolve) => this.held.push(resolve));
    await new Promise<void>((resolve) =>
      response.write(bytes.subarray(holdAfter), () => resolve()),
    );
  }
}

function json(response: ServerResponse, status: number, body: object): void {
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
    .end(JSON.stringify(body));
}
