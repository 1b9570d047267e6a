import { createHash } from 'node:crypto';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APPLE, jsonOf } from '../support/client.js';
import { temporaryFolder } from '../support/folder.js';
import { sharedServer } from '../support/server.js';
import { writeLora } from '../support/tiny-lora.js';

const folder = await temporaryFolder();
await writeLora(join(folder.path, 'loras/ink.safetensors'));
await writeLora(join(folder.path, 'loras/chalk.safetensors'), 2);
afterAll(() => folder.remove());

const server = sharedServer({ env: { ATELIER_MODELS_DIR: folder.path } });

const SMALL = { ...APPLE, width: 64, height: 64, steps: 2 };

/** The SHA-256 of the picture's pixels: its recipe is another one with each request. */
async function drawn(options: object): Promise<string> {
  const picture = await server().admin.draw({ ...SMALL, ...options });
  const pixels = await sharp(picture).raw().toBuffer();
  return createHash('sha256').update(pixels).digest('hex');
}

/** The error of a request that is refused. */
async function refused(options: object): Promise<{ code: string; message: string }> {
  const body = { ...APPLE, ...options };
  const reply = await server().admin.api({ path: '/api/generate/text2img', body });
  const { error } = jsonOf<{ error: { code: string; message: string } }>(reply);
  expect([reply.status, error.code]).toEqual([400, 'VALIDATION_ERROR']);
  return error;
}

function ink(multiplier: number, more: object = {}): Promise<string> {
  return drawn({ loras: [{ name: 'ink', multiplier }], ...more });
}

let plain: string;
let inked: string;

beforeAll(async () => {
  plain = await drawn({});
  inked = await ink(1);
});

describe('a LoRA of random weights in the real engine', () => {
  it('changes the picture, the same way each time, and no longer when it is not asked for', async () => {
    expect(inked).not.toBe(plain);
    expect(await ink(1)).toBe(inked);
    expect(await drawn({})).toBe(plain);
  });

  it('is the same in the list and in the prompt', async () => {
    const { prompt } = APPLE;
    expect(await drawn({ prompt: `${prompt}<lora:ink:1>` })).toBe(inked);
    expect(await drawn({ prompt: `<lora:ink>${prompt}` })).toBe(inked);
    expect(await drawn({ loras: ['ink'] })).toBe(inked);
  });

  it('changes nothing at 0, and something else at each weight', async () => {
    expect(await ink(0)).toBe(plain);
    const others = [await ink(0.5), await ink(-1)];
    expect(new Set([plain, inked, ...others]).size).toBe(4);
  });

  it('adds to another one', async () => {
    const chalk = await drawn({ loras: ['chalk'] });
    const both = await drawn({ loras: ['ink', 'chalk'] });
    expect(new Set([plain, inked, chalk, both]).size).toBe(4);
  });

  it.each(['auto', 'at_runtime'])(
    'does so with weights that are not quantised, applied %s, and leaves them as they were',
    async (mode) => {
      const options = { lora_apply_mode: mode, weight_type: 'f16' };
      const without = await drawn(options);
      const changed = await ink(1, options);
      expect(changed).not.toBe(without);
      expect(await ink(0.5, options)).not.toBe(changed);
      expect(await drawn(options)).toBe(without);
      expect(await ink(1, options)).toBe(changed);
    },
  );

  it.each([
    ['loras', { loras: ['pencil'] }],
    ['prompt', { prompt: 'red apple <lora:pencil:1>' }],
  ])('that is not there is refused with the name of the field: %s', async (field, options) => {
    const error = await refused(options);
    expect(error.message).toMatch(new RegExp(`^${field}: .*"pencil".*ink`));
  });

  it('is never added to the weights, which would end the engine', async () => {
    const error = await refused({ loras: ['ink'], lora_apply_mode: 'immediately' });
    expect(error.message).toBe('lora_apply_mode must be one of auto, at_runtime.');
  });
});
