import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FakeEngine } from '../../src/engine/index.js';
import { ADMIN_PASSWORD, createTestApp, type TestApp, type TestAppOptions } from './app.js';
import { addUser } from './auth.js';
import { temporaryFolder } from './folder.js';
import { safetensors, SAMPLES, writeSparse, type Tensors } from './weight-files.js';

const CONTROL_NET: Tensors = {
  'control_model.input_blocks.0.0.weight': [320, 4, 3, 3],
  'control_model.middle_block.1.norm.weight': [1280],
  'control_model.input_blocks.4.1.transformer_blocks.0.attn2.to_k.weight': [640, 768],
};

/** The models of the server, by their paths below the models folder. */
const MODELS: Readonly<Record<string, Tensors>> = {
  'checkpoints/SD1x/photo.safetensors': SAMPLES.sd1,
  'checkpoints/v1-5-pruned-emaonly.safetensors': SAMPLES.sd1,
  'checkpoints/sd_xl_base_1.0.safetensors': SAMPLES.sdxl,
  'vae/vae-ft-mse-840000-ema-pruned.safetensors': SAMPLES.vae,
  'loras/add_detail.safetensors': { 'lora_unet_x.hada_w1_a': [4, 4] },
  'embeddings/easynegative.safetensors': { emb_params: [8, 768] },
  'controlnet/control_v11p_sd15_canny.safetensors': CONTROL_NET,
};

const UPSCALER = 'esrgan/RealESRGAN_x4plus.pth';

export const SD15 = 'v1-5-pruned-emaonly.safetensors';
export const SDXL = 'sd_xl_base_1.0.safetensors';
export const PHOTO = 'SD1x/photo.safetensors';
export const CANNY = 'control_v11p_sd15_canny';

export interface Answer<Body = Record<string, unknown>> {
  status: number;
  headers: Headers;
  body: Body;
}

/** A client as those of this API are: HTTP Basic, and a path that they know. */
export class A1111Client {
  constructor(
    readonly base: string,
    /** What comes behind `Basic `; undefined: no header at all. */
    private readonly basic: string | undefined,
  ) {}

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.basic !== undefined) headers.set('authorization', `Basic ${this.basic}`);
    return fetch(`${this.base}/sdapi/v1/${path}`, { ...init, headers });
  }

  async send<Body>(method: string, path: string, body?: unknown): Promise<Answer<Body>> {
    const sent =
      body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const answer = await this.fetch(path, { method, ...sent });
    const { status, headers } = answer;
    return { status, headers, body: (await answer.json()) as Body };
  }

  get<Body = Record<string, unknown>>(path: string): Promise<Answer<Body>> {
    return this.send('GET', path);
  }

  post<Body = Record<string, unknown>>(path: string, body?: unknown): Promise<Answer<Body>> {
    return this.send('POST', path, body);
  }
}

export interface A1111Server {
  server: TestApp;
  engine: FakeEngine;
  base: string;
  admin: A1111Client;
  anna: A1111Client;
  annaId: string;
  berta: A1111Client;
  close(): Promise<void>;
}

export function basicOf(username: string, password = ADMIN_PASSWORD): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}

async function writeModels(folder: string): Promise<void> {
  for (const [path, tensors] of Object.entries(MODELS))
    await writeSparse(join(folder, path), safetensors(tensors));
  await mkdir(dirname(join(folder, UPSCALER)), { recursive: true });
  await writeFile(join(folder, UPSCALER), 'PK');
}

/** A server with models of every kind, a listener for clients of this API, and three people. */
export async function startA1111(
  engine = FakeEngine.instant(),
  env: TestAppOptions['env'] = {},
): Promise<A1111Server> {
  const folder = await temporaryFolder();
  await writeModels(join(folder.path, 'models'));
  const server = await createTestApp({
    dataDir: folder.path,
    engine,
    env: { ATELIER_LISTENERS: 'a1111:0', ATELIER_MODELS_HASH: 'false', ...env },
  });
  const annaId = await addUser(server.app, 'anna', 'user');
  await addUser(server.app, 'berta', 'user');
  await server.listen();
  const base = server.listenerOf('a1111');
  const of = (name: string): A1111Client => new A1111Client(base, basicOf(name));
  return {
    server,
    engine,
    base,
    admin: of('admin'),
    anna: of('anna'),
    annaId,
    berta: of('berta'),
    async close() {
      await server.close();
      await folder.remove();
    },
  };
}
