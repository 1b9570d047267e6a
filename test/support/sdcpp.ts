import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { FakeEngine } from '../../src/engine/index.js';
import { createTestApp, type TestApp, type TestAppOptions } from './app.js';
import { addUser, tokenOf } from './auth.js';
import { temporaryFolder } from './folder.js';
import { gguf, safetensors, SAMPLES, writeSparse, type Tensors } from './weight-files.js';

// What is told by one axis is small in the other: these files are hashed.
const CLIP_L: Tensors = { 'text_model.embeddings.token_embedding.weight': [49, 768] };

const CLIP_G: Tensors = {
  'text_model.encoder.layers.0.self_attn.q_proj.weight': [1280, 1280],
  'text_model.embeddings.token_embedding.weight': [49, 1280],
};

const T5: Tensors = {
  'encoder.block.0.layer.0.SelfAttention.q.weight': [64, 4096],
  'shared.weight': [32, 4096],
};

const UMT5: Tensors = {
  'enc.blk.0.attn_q.weight': [64, 64],
  'token_embd.weight': [256_384, 8],
};

const LLM: Tensors = { 'model.layers.0.self_attn.q_proj.weight': [64, 64] };
const WAN_VAE: Tensors = { 'decoder.middle.0.residual.0.gamma': [384, 1, 1, 1] };

const WAN: Tensors = {
  'blocks.0.cross_attn.norm_k.weight': [5120],
  'patch_embedding.weight': [5120, 16, 1, 2, 2],
};

const SD3: Tensors = {
  'model.diffusion_model.joint_blocks.0.x_block.attn.qkv.weight': [64, 64],
  'first_stage_model.decoder.conv_in.weight': [512, 16, 3, 3],
};

const CONTROL_NET: Tensors = {
  'control_model.input_blocks.0.0.weight': [320, 4, 3, 3],
  'control_model.middle_block.1.norm.weight': [1280],
  'control_model.input_blocks.4.1.transformer_blocks.0.attn2.to_k.weight': [640, 768],
};

/** A LoRA whose matrices have names that no model here has: it goes with all of them. */
const ANY_LORA: Tensors = { 'lora_unet_x.hada_w1_a': [4, 4] };

const TAESD: Tensors = { 'decoder.layers.0.weight': [64, 4, 3, 3] };

/** Every file that the document names, by its path below the models folder. */
const DOCUMENTED: Readonly<Record<string, Tensors>> = {
  'checkpoints/SD1x/realisticStockPhoto_v30SD15.safetensors': SAMPLES.sd1,
  'checkpoints/v1-5-pruned-emaonly.safetensors': SAMPLES.sd1,
  'checkpoints/v1-5-pruned.safetensors': SAMPLES.sd1,
  'checkpoints/sd_xl_base_1.0.safetensors': SAMPLES.sdxl,
  'checkpoints/sd3.5_large.safetensors': SD3,
  'diffusion_models/flux1-dev-Q4_K_S.gguf': SAMPLES.flux,
  'diffusion_models/flux1-schnell-Q5_K_M.gguf': SAMPLES.flux,
  'diffusion_models/flux1-schnell-Q8_0.gguf': SAMPLES.flux,
  'diffusion_models/qwen-image-Q8_0.gguf': { 'transformer_blocks.0.img_mod.1.weight': [64, 64] },
  'diffusion_models/z_image_turbo-Q8_0.gguf': { 'cap_embedder.0.weight': [2560] },
  'diffusion_models/wan2.1_t2v_1.3B_fp16.safetensors': WAN,
  'diffusion_models/wan2.1-t2v-14b-Q8_0.gguf': WAN,
  'vae/vae-ft-mse-840000-ema-pruned.safetensors': SAMPLES.vae,
  'vae/sdxl_vae-fp16-fix.safetensors': SAMPLES.vae,
  'vae/ae.safetensors': SAMPLES.fluxVae,
  'vae/ae_q8_0.gguf': SAMPLES.fluxVae,
  'vae/qwen_image_vae.safetensors': WAN_VAE,
  'vae/wan_2.1_vae.safetensors': WAN_VAE,
  'loras/add_detail.safetensors': ANY_LORA,
  'loras/enhance_colors.safetensors': ANY_LORA,
  'loras/watercolor.safetensors': ANY_LORA,
  'loras/realism_lora.safetensors': ANY_LORA,
  'loras/zimage_amberrayne_v1.safetensors': ANY_LORA,
  'clip/clip_l.safetensors': CLIP_L,
  'clip/clip_g.safetensors': CLIP_G,
  't5/t5xxl_fp16.safetensors': T5,
  't5/umt5-xxl-encoder-Q8_0.gguf': UMT5,
  'controlnet/control_v11p_sd15_canny.safetensors': CONTROL_NET,
  'llm/qwen_3_4b.Q8_0.gguf': LLM,
  'llm/Qwen2.5-VL-7B-Instruct-Q8_0.gguf': LLM,
  'taesd/taesd_decoder.safetensors': TAESD,
  'taesd/taef1_decoder.safetensors': { 'decoder.layers.0.weight': [64, 16, 3, 3] },
};

const PICKLES = ['esrgan/RealESRGAN_x4plus.pth'];

/** Writes every file that the document names: their headers are real, their weights are holes. */
export async function writeDocumentedModels(folder: string): Promise<void> {
  for (const [path, tensors] of Object.entries(DOCUMENTED)) {
    const file = path.endsWith('.gguf') ? gguf(tensors) : safetensors(tensors);
    await writeSparse(join(folder, path), file);
  }
  for (const path of PICKLES) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), 'PK');
  }
}

/** An answer of the API, as a client reads it: the status, and a body of JSON. */
export interface Answer<Body = Record<string, unknown>> {
  status: number;
  headers: Headers;
  body: Body;
}

/** A user of the API, on a listener. */
export class SdcppClient {
  constructor(
    private readonly base: string,
    /** For the header `Authorization`; empty for a stranger. */
    readonly token: string,
  ) {}

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.token) headers.set('authorization', `Bearer ${this.token}`);
    return fetch(`${this.base}${path}`, { redirect: 'manual', ...init, headers });
  }

  async send<Body = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<Answer<Body>> {
    const answer = await this.fetch(path, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    return {
      status: answer.status,
      headers: answer.headers,
      body: (await answer.json()) as Body,
    };
  }

  get<Body = Record<string, unknown>>(path: string): Promise<Answer<Body>> {
    return this.send<Body>('GET', path);
  }

  post<Body = Record<string, unknown>>(path: string, body: unknown = {}): Promise<Answer<Body>> {
    return this.send<Body>('POST', path, body);
  }
}

export interface SdcppServer {
  server: TestApp;
  engine: FakeEngine;
  admin: SdcppClient;
  anna: SdcppClient;
  berta: SdcppClient;
  stranger: SdcppClient;
  /** The client of one more log in. */
  login(username: string): Promise<SdcppClient>;
  close(): Promise<void>;
}

/** A server with the documented models, a listener for the API, and two users. */
export async function startSdcpp(
  engine = FakeEngine.instant(),
  env: TestAppOptions['env'] = {},
): Promise<SdcppServer> {
  const folder = await temporaryFolder();
  await writeDocumentedModels(join(folder.path, 'models'));
  const server = await createTestApp({
    dataDir: folder.path,
    engine,
    env: { ATELIER_LISTENERS: 'sdcpp:0', ATELIER_MODELS_HASH: 'false', ...env },
  });
  for (const name of ['anna', 'berta']) await addUser(server.app, name, 'user');
  await server.listen();
  const base = server.listenerOf('sdcpp');
  const login = async (name: string): Promise<SdcppClient> =>
    new SdcppClient(base, await tokenOf(server.app, name));
  return {
    server,
    engine,
    admin: await login('admin'),
    anna: await login('anna'),
    berta: await login('berta'),
    stranger: new SdcppClient(base, ''),
    login,
    async close() {
      await server.close();
      await folder.remove();
    },
  };
}

/** A picture as clients send it. */
export async function pictureBase64(width = 32, height = 32): Promise<string> {
  const create = { width, height, channels: 3, background: '#c01010' } as const;
  return (await sharp({ create }).png().toBuffer()).toString('base64');
}
