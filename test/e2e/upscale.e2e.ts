import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { APPLE, jsonOf, type Job } from '../support/client.js';
import { sharedServer } from '../support/server.js';

const server = sharedServer();

let drawn: Job;
let apple: Buffer;

beforeAll(async () => {
  const { admin } = server();
  drawn = await admin.waitForJob(await admin.submit(APPLE));
  apple = await admin.output(drawn.id);
});

const LARGE = { width: 512, height: 512, format: 'png', channels: 3 };

/** The picture in its own pixels. */
function pixels(picture: Buffer, side: number): Promise<Buffer> {
  return sharp(picture).removeAlpha().resize(side, side, { kernel: 'cubic' }).raw().toBuffer();
}

/** Mean difference of two pictures, 0 to 255, both brought to the same size. */
async function difference(a: Buffer, b: Buffer): Promise<number> {
  const [first, second] = await Promise.all([pixels(a, 128), pixels(b, 128)]);
  return first.reduce((sum, value, at) => sum + Math.abs(value - second[at]!), 0) / first.length;
}

describe('the embedded upscaler', () => {
  it('enlarges what was drawn before four times, named by its job', async () => {
    const { admin } = server();
    const image = `job:${drawn.id}/${drawn.outputs[0]!.filename}`;
    const job = await admin.waitForJob(await admin.submit({ image }, 'upscale'));
    expect(job).toMatchObject({ status: 'completed', error: null });
    expect(job.outputs).toMatchObject([{ width: 512, height: 512, content_type: 'image/png' }]);
    expect(job.parameters.options['model_name']).toBe('tiny-emoji-x4');
    const large = await admin.output(job.id);
    expect(await sharp(large).metadata()).toMatchObject(LARGE);
    expect(await difference(large, apple)).toBeLessThan(4);
  });

  it('takes base64 and the file of a form, and makes the same of it', async () => {
    const { admin, url } = server();
    const fromText = await admin.draw({ image: apple.toString('base64') }, 'upscale');
    const form = new FormData();
    form.set('image', new Blob([new Uint8Array(apple)], { type: 'image/png' }), 'apple.png');
    const reply = await fetch(`${url}/api/generate/upscale`, {
      method: 'POST',
      headers: { authorization: `Bearer ${admin.token}` },
      body: form,
    });
    expect(reply.status).toBe(202);
    const { request_id: id } = (await reply.json()) as { request_id: string };
    expect(await admin.waitForJob(id)).toMatchObject({ status: 'completed' });
    const fromForm = await admin.output(id);
    expect(await sharp(fromText).metadata()).toMatchObject(LARGE);
    expect(await difference(fromText, apple)).toBeLessThan(4);
    const [one, other] = await Promise.all([pixels(fromText, 512), pixels(fromForm, 512)]);
    expect(one.equals(other)).toBe(true);
  });

  it('comes down from there where less is asked for', async () => {
    const options = { image: apple.toString('base64'), upscale_factor: 2, output_format: 'webp' };
    const job = await server().admin.waitForJob(await server().admin.submit(options, 'upscale'));
    expect(job.outputs).toMatchObject([{ width: 256, height: 256, content_type: 'image/webp' }]);
  });

  it('is in memory when it was used, beside the model that draws', async () => {
    const { bytes } = await server().admin.api({ path: '/api/models?loaded=true&sort_by=name' });
    const names = (JSON.parse(bytes.toString()) as { models: { name: string }[] }).models;
    expect(names.map(({ name }) => name)).toEqual(['tiny-emoji', 'tiny-emoji-x4']);
  });

  it('cannot be deleted', async () => {
    const reply = await server().admin.api({
      path: '/api/models/tiny-emoji-x4?confirm=true',
      method: 'DELETE',
    });
    expect([reply.status, jsonOf<{ error: { code: string } }>(reply).error.code]).toEqual([
      403,
      'MODEL_PROTECTED',
    ]);
  });

  it('is what a second pass with an upscaling model takes', async () => {
    const second = { hires_fix: true, hires_upscaler: 'Model', hires_scale: 2, hires_steps: 2 };
    const { admin } = server();
    const job = await admin.waitForJob(await admin.submit({ ...APPLE, ...second }));
    expect(job).toMatchObject({ status: 'completed', error: null });
    expect(job.outputs).toMatchObject([{ width: 256, height: 256 }]);
    expect(job.parameters.options['hires_upscale_model']).toBe('tiny-emoji-x4');
  });
});
