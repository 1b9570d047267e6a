import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { jsonOf } from '../support/client.js';
import { sharedServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';
import { isHere, RECIPE, WAYS, type Recipe, type Way } from '../support/ways.js';

const server = sharedServer();

async function synchronous({ path, body, pictureIn }: Way, recipe: Recipe): Promise<Buffer> {
  const reply = await server().admin.api({ path, body: await body(recipe) });
  if (reply.status !== 200) throw new Error(`${path}: ${reply.bytes.toString()}`);
  return pictureIn(reply);
}

async function sdcpp({ admin }: TestServer, recipe: Recipe): Promise<Buffer> {
  const { sampling_method: sampler, ...rest } = recipe;
  const submitted = await admin.api({ path: '/sdcpp/txt2img', body: { ...rest, sampler } });
  const { job_id: id } = jsonOf<{ job_id: string }>(submitted);
  const [path = ''] = await until(`the end of job ${id}`, 60_000, async () => {
    const job = await admin.api({ path: `/sdcpp/queue/${id}` });
    const { status, outputs } = jsonOf<{ status: string; outputs: string[] }>(job);
    return status === 'completed' && outputs;
  });
  const { bytes } = await admin.api({ path: `/sdcpp/output/${path}` });
  return bytes;
}

const DRAWN: { name: string; draw: (recipe: Recipe) => Promise<Buffer> }[] = [
  ...[{ name: "stable-diffusion.cpp-restapi's", dialect: 'sdcpp' }]
    .filter(isHere)
    .map(({ name }) => ({ name, draw: (recipe: Recipe) => sdcpp(server(), recipe) })),
  ...WAYS.map((way) => ({
    name: way.name,
    draw: (recipe: Recipe) => synchronous(way, recipe),
  })),
];

/** Their texts differ: each file tells how it was asked for. */
async function pixelsOf(file: Buffer): Promise<{ size: number[]; pixels: Buffer }> {
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  return { size: [info.width, info.height, info.channels], pixels: data };
}

let expected: Awaited<ReturnType<typeof pixelsOf>>;

beforeAll(async () => {
  expected = await pixelsOf(await server().admin.draw({ ...RECIPE }));
});

describe('a recipe that is drawn by another API', () => {
  it.each(DRAWN)("gives the pixels of the core's own: $name", async ({ draw }) => {
    const { size, pixels } = await pixelsOf(await draw(RECIPE));
    expect(size).toEqual([RECIPE.width, RECIPE.height, 3]);
    expect(size).toEqual(expected.size);
    expect(pixels.equals(expected.pixels)).toBe(true);
    const other = await pixelsOf(await draw({ ...RECIPE, seed: RECIPE.seed + 1 }));
    expect(other.pixels.equals(expected.pixels)).toBe(false);
  });
});
