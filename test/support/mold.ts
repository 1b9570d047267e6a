import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FakeEngine } from '../../src/engine/index.js';
import { HistoryService, type JobDetails } from '../../src/queue/index.js';
import { createTestApp, type TestApp, type TestAppOptions } from './app.js';
import { addUser, bearer, tokenOf } from './auth.js';
import { temporaryFolder } from './folder.js';
import { createKey } from './keys.js';
import { gguf, safetensors, SAMPLES, writeSparse } from './weight-files.js';
import { ownerOf } from './workshop.js';

export const SCHNELL = 'flux-schnell:q8';
export const DEV = 'flux-dev:q4';
export const PHOTO = 'photo:fp16';
export const UPSCALER = 'real-esrgan-x4plus:fp16';

export interface MoldAnswer<Body = Record<string, unknown>> {
  status: number;
  headers: Headers;
  body: Body;
}

/** A client with its server's address as `MOLD_HOST` has it, and its key. */
export class MoldClient {
  constructor(
    readonly base: string,
    /** For the header `x-api-key`; empty for a stranger. */
    readonly key: string,
    readonly userId: string,
  ) {}

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.key) headers.set('x-api-key', this.key);
    return fetch(`${this.base}${path}`, { ...init, headers });
  }

  /** Sends JSON; the answer is as it comes. */
  post(path: string, body: unknown, init: RequestInit = {}): Promise<Response> {
    const headers = { 'content-type': 'application/json', ...(init.headers as object) };
    return this.fetch(path, { ...init, method: 'POST', headers, body: JSON.stringify(body) });
  }

  async json<Body = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<MoldAnswer<Body>> {
    const answer =
      body === undefined ? await this.fetch(path, { method }) : await this.post(path, body);
    const { status, headers } = answer;
    return { status, headers, body: (await answer.json()) as Body };
  }
}

/** An event of a stream. */
export interface MoldEvent {
  name: string;
  data: Record<string, unknown>;
}

export function eventsIn(text: string): MoldEvent[] {
  return text
    .split('\n\n')
    .filter((frame) => frame !== '' && !frame.startsWith(':'))
    .map((frame) => {
      const [, name = '', data = ''] = /^event: (.*)\ndata: (.*)$/.exec(frame) ?? [];
      return { name, data: JSON.parse(data) as Record<string, unknown> };
    });
}

export interface MoldServer {
  server: TestApp;
  engine: FakeEngine;
  base: string;
  admin: MoldClient;
  anna: MoldClient;
  berta: MoldClient;
  stranger: MoldClient;
  /** The jobs of a user, newest first. */
  jobs(client: MoldClient): Promise<JobDetails[]>;
  close(): Promise<void>;
}

/** GGUF's number for how weights are stored. */
const Q8 = 8;

async function writeModels(folder: string): Promise<void> {
  const flux = (type: number) => gguf(SAMPLES.flux, { type });
  await writeSparse(join(folder, 'diffusion_models/flux1-schnell-Q8_0.gguf'), flux(Q8));
  await writeSparse(join(folder, 'diffusion_models/flux1-dev-Q4_K_S.gguf'), flux(Q8));
  await writeSparse(join(folder, 'checkpoints/photo.safetensors'), safetensors(SAMPLES.sd1));
  await mkdir(join(folder, 'esrgan'), { recursive: true });
  await writeFile(join(folder, 'esrgan/RealESRGAN_x4plus.pth'), 'PK');
  await writeSparse(join(folder, 'loras/adapter.safetensors'), safetensors(SAMPLES.lora));
}

/** A server with models that mold knows too, a listener for its clients, and four of these. */
export async function startMold(
  engine = FakeEngine.instant(),
  env: TestAppOptions['env'] = {},
): Promise<MoldServer> {
  const folder = await temporaryFolder();
  await writeModels(join(folder.path, 'models'));
  const settings = { ATELIER_LISTENERS: 'mold:0', ATELIER_MODELS_HASH: 'false', ...env };
  const server = await createTestApp({ dataDir: folder.path, engine, env: settings });
  await server.listen();
  const base = server.listenerOf('mold');
  const client = async (name: string, userId: string): Promise<MoldClient> => {
    const { key } = await createKey(server.app, bearer(await tokenOf(server.app, name)));
    return new MoldClient(base, key, userId);
  };
  return {
    server,
    engine,
    base,
    admin: await client('admin', ''),
    anna: await client('anna', await addUser(server.app, 'anna', 'user')),
    berta: await client('berta', await addUser(server.app, 'berta', 'user')),
    stranger: new MoldClient(base, '', ''),
    async jobs({ userId }) {
      const history = server.app.get(HistoryService, { strict: false });
      return (await history.list(ownerOf(userId), { limit: 100 })).jobs;
    },
    async close() {
      await server.close();
      await folder.remove();
    },
  };
}
