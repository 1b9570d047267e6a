import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../src/common/index.js';
import { jsonOf, type HttpReply } from './client.js';
import { pictureBase64 } from './picture.js';

/** What is asked for, by the names of the core's options. */
export interface Recipe {
  prompt: string;
  negative_prompt: string;
  width: number;
  height: number;
  steps: number;
  seed: number;
  cfg_scale: number;
  sampling_method: string;
}

export const RECIPE: Recipe = {
  prompt: 'red apple',
  negative_prompt: 'blue',
  width: 128,
  height: 128,
  steps: 4,
  seed: 42,
  cfg_scale: 3,
  sampling_method: 'heun',
};

/** A request that is answered when its picture is there. */
export interface Waiting {
  name: string;
  dialect: string;
  path: string;
  body(recipe: Recipe): object | Promise<object>;
}

/** One whose answer has the picture in one place. */
export interface Way extends Waiting {
  pictureIn(reply: HttpReply): Buffer;
}

function fromBase64(text: string | undefined): Buffer {
  return Buffer.from(text ?? '', 'base64');
}

function openaiBody({ width, height, ...recipe }: Recipe): object {
  return { ...recipe, size: `${width}x${height}`, response_format: 'b64_json' };
}

function a1111Body({ sampling_method: sampler_name, ...recipe }: Recipe): object {
  return { ...recipe, sampler_name };
}

function moldBody({ sampling_method: scheduler, cfg_scale: guidance, ...recipe }: Recipe): object {
  return { ...recipe, scheduler, guidance };
}

/** Whether its dialect is part of this program: each can be taken out. */
export function isHere({ dialect }: Pick<Waiting, 'dialect'>): boolean {
  return existsSync(join(PACKAGE_ROOT, 'src/dialects', dialect));
}

function here<T extends Waiting>(ways: T[]): T[] {
  return ways.filter(isHere);
}

/** The plain way of each dialect that has one. */
export const WAYS = here<Way>([
  {
    name: "OpenAI's",
    dialect: 'openai',
    path: '/v1/images/generations',
    body: openaiBody,
    pictureIn: (reply) =>
      fromBase64(jsonOf<{ data: { b64_json: string }[] }>(reply).data[0]?.b64_json),
  },
  {
    name: "AUTOMATIC1111's",
    dialect: 'a1111',
    path: '/sdapi/v1/txt2img',
    body: a1111Body,
    pictureIn: (reply) => fromBase64(jsonOf<{ images: string[] }>(reply).images[0]),
  },
  {
    name: "mold's",
    dialect: 'mold',
    path: '/mold/api/generate',
    body: moldBody,
    pictureIn: ({ bytes }) => bytes,
  },
]);

/** The other requests that wait. */
export const OTHER_WAITING = here<Waiting>([
  {
    name: "OpenAI's, with events",
    dialect: 'openai',
    path: '/v1/images/generations',
    body: (recipe) => ({ ...openaiBody(recipe), stream: true }),
  },
  {
    name: "AUTOMATIC1111's, from a picture",
    dialect: 'a1111',
    path: '/sdapi/v1/img2img',
    body: async (recipe) => ({
      ...a1111Body(recipe),
      init_images: [await pictureBase64(recipe.width, recipe.height)],
      denoising_strength: 1,
    }),
  },
  {
    name: "mold's, with events",
    dialect: 'mold',
    path: '/mold/api/generate/stream',
    body: moldBody,
  },
]);
