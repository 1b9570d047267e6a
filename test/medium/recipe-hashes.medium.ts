import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPngTexts } from '../../src/files/png-text.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { bearer, send, tokenOf } from '../support/auth.js';
import { temporaryFolder, type TemporaryFolder } from '../support/folder.js';
import { jobEnd } from '../support/jobs.js';
import { safetensors, SAMPLES, writeSparse } from '../support/weight-files.js';

const LORA = { 'lora_unet_mid_block.lora_up.weight': [4, 4] };

let folder: TemporaryFolder;
let server: TestApp;
let token: string;

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

async function put(path: string, bytes: Buffer): Promise<Buffer> {
  const file = join(folder.path, 'models', path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, bytes);
  return bytes;
}

/** A LoRA with these remarks in its header; the weights are always the same. */
function lora(title: string): { bytes: Buffer; tensors: Buffer } {
  const { start, size } = safetensors(LORA, { metadata: { title } });
  const tensors = Buffer.alloc(size - start.length, 7);
  return { bytes: Buffer.concat([start, tensors]), tensors };
}

async function boot(hash: boolean): Promise<void> {
  server = await createTestApp({
    dataDir: folder.path,
    env: { ATELIER_MODELS_HASH: String(hash) },
  });
  token = await tokenOf(server.app);
}

beforeEach(async () => {
  folder = await temporaryFolder();
  // Nothing is hashed before a job asks for it: whatever a recipe holds, a job has waited for.
  await boot(false);
});

afterEach(async () => {
  await server.close();
  await folder.remove();
});

async function made(body: object, kind = 'text2img'): Promise<Buffer> {
  const request = { prompt: 'a cat', seed: 7, ...body };
  const asked = await send(server.app, 'POST', `/api/generate/${kind}`, bearer(token), request);
  expect(asked.status).toBe(202);
  const job = await jobEnd(server.app, token, asked.body['request_id'] as string);
  expect(job).toMatchObject({ status: 'completed' });
  const { rawPayload } = await server.app.inject({ method: 'GET', url: job.outputs[0]!.url });
  return rawPayload;
}

interface Recipe {
  parameters: string;
  manifest: Record<string, unknown>;
}

function recipeOf(picture: Buffer): Recipe {
  const texts = readPngTexts(picture);
  return {
    parameters: texts['parameters']!,
    manifest: JSON.parse(texts['atelier']!) as Record<string, unknown>,
  };
}

describe('the recipe in a picture', () => {
  it('holds the hashes of its LoRAs: of the file as data, of the tensors for other programs', async () => {
    const { bytes, tensors } = lora('ink');
    await put('loras/ink.safetensors', bytes);
    const { parameters, manifest } = recipeOf(
      await made({ prompt: 'a cat<lora:ink:0.5>', loras: [{ name: 'ink', multiplier: 1 }] }),
    );
    expect(manifest['loras']).toEqual([{ name: 'ink', sha256: sha256(bytes) }]);
    expect(parameters).toContain(`, Lora hashes: "ink: ${sha256(tensors).slice(0, 12)}", Version`);
  });

  it('knows a LoRA by its tensors where only the remarks in its header were changed', async () => {
    const [before, after] = [lora('ink'), lora('the same under another title')];
    await put('loras/ink.safetensors', before.bytes);
    const first = recipeOf(await made({ prompt: 'a cat<lora:ink:1>' }));
    await put('loras/ink.safetensors', after.bytes);
    const second = recipeOf(await made({ prompt: 'a cat<lora:ink:1>' }));
    expect(second.parameters).toBe(first.parameters);
    expect(second.manifest['loras']).toEqual([{ name: 'ink', sha256: sha256(after.bytes) }]);
  });

  it('takes all of a LoRA that is no safetensors file, or a damaged one', async () => {
    for (const name of ['old.ckpt', 'damaged.safetensors']) {
      const bytes = await put(`loras/${name}`, Buffer.from(`weights of ${name}`));
      const { parameters } = recipeOf(await made({ loras: [name] }));
      expect(parameters).toContain(`Lora hashes: "${name}: ${sha256(bytes).slice(0, 12)}"`);
    }
  });

  it('holds those of a VAE, a ControlNet, and an upscaler of the second pass', async () => {
    const model = join(folder.path, 'models/checkpoints/photo.safetensors');
    await writeSparse(model, safetensors(SAMPLES.sd1));
    const vae = await put('vae/soft.safetensors', Buffer.from('a vae'));
    const net = await put('controlnet/edges.safetensors', Buffer.from('a net'));
    const upscaler = await put('esrgan/four.gguf', Buffer.from('an upscaler'));
    const picture = await sharp({
      create: { width: 8, height: 8, channels: 3, background: '#fff' },
    })
      .png()
      .toBuffer();
    const { parameters, manifest } = recipeOf(
      await made(
        {
          model_name: 'photo',
          width: 64,
          height: 64,
          vae_path: 'soft',
          control_net: 'edges',
          control_image: picture.toString('base64'),
          hires_fix: true,
          hires_upscaler: 'Model',
          hires_upscale_model: 'four',
        },
        'controlnet',
      ),
    );
    expect(manifest['model']).toMatchObject({
      sha256: { vae: sha256(vae), controlNet: sha256(net) },
    });
    expect(manifest['files']).toEqual({ hires_upscale_model: sha256(upscaler) });
    expect(parameters).toContain(`VAE hash: ${sha256(vae).slice(0, 10)}, VAE: soft.safetensors,`);
  });

  it('holds those of the textual inversions that a prompt names', async () => {
    const bytes = await put('embeddings/bad-hands.safetensors', Buffer.from('hands'));
    await put('embeddings/unused.safetensors', Buffer.from('unused'));
    const { parameters, manifest } = recipeOf(
      await made({ negative_prompt: 'bad-hands', embeddings: ['bad-hands', 'unused'] }),
    );
    expect(manifest['embeddings']).toEqual([{ name: 'bad-hands', sha256: sha256(bytes) }]);
    expect(parameters).toContain(`TI hashes: "bad-hands: ${sha256(bytes).slice(0, 12)}"`);
  });

  it('is the same when it is made again, whether the hashes were known before or not', async () => {
    await put('loras/ink.safetensors', lora('ink').bytes);
    const body = { prompt: 'a cat<lora:ink:1>', seed: 3 };
    const pictures = [await made(body), await made(body)];
    await server.close();
    await boot(true);
    pictures.push(await made(body));
    expect(pictures.map((picture) => picture.equals(pictures[0]!))).toEqual([true, true, true]);
  });

  it('says nothing of files that it does not use', async () => {
    const { parameters, manifest } = recipeOf(await made({}));
    expect(Object.keys(manifest)).toEqual([
      'version',
      'generator',
      'engine',
      'model',
      'kind',
      'options',
    ]);
    expect(parameters).not.toMatch(/hashes/);
  });
});
