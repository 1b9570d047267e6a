import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GenerationRequest } from '../../../src/generate/generation-request.js';
import type { JobDetails } from '../../../src/queue/index.js';
import { startOpenai, type OpenaiReply, type OpenaiServer } from '../../support/openai.js';

let openai: OpenaiServer;

beforeAll(async () => {
  openai = await startOpenai();
});

afterAll(() => openai.close());

const SMALL = { prompt: 'red apple', size: '64x64', steps: 1, seed: 42 };

function generate(body: object): Promise<OpenaiReply> {
  return openai.anna.post('/images/generations', body);
}

async function made(body: object): Promise<{ answer: Record<string, unknown>; job: JobDetails }> {
  const { status, body: answer } = await generate(body);
  expect([status, answer['error']]).toEqual([200, undefined]);
  const [job] = await openai.jobs(openai.anna);
  return { answer, job: job! };
}

function optionsOf({ parameters }: JobDetails): Record<string, unknown> {
  return (parameters as GenerationRequest).options;
}

function entriesOf(answer: Record<string, unknown>): Record<string, string>[] {
  return answer['data'] as Record<string, string>[];
}

function refusalOf({ status, body }: OpenaiReply): unknown[] {
  const { code, param } = body['error'] as Record<string, unknown>;
  return [status, code, param];
}

describe('POST /v1/images/generations', () => {
  it('answers in the form of OpenAI', async () => {
    const { answer, job } = await made(SMALL);
    expect(answer).toEqual({
      created: job.end_time,
      data: [{ url: `${openai.anna.base}/images/files/${job.id}/image_0.png` }],
      background: 'opaque',
      output_format: 'png',
      quality: 'high',
      size: '64x64',
      usage: {
        input_tokens: 0,
        input_tokens_details: { image_tokens: 0, text_tokens: 0 },
        output_tokens: 0,
        total_tokens: 0,
      },
    });
    expect(job.origin).toMatchObject({ dialect: 'openai', params: SMALL });
  });

  it('gives addresses under which the pictures are', async () => {
    const { answer } = await made({ ...SMALL, n: 2 });
    const entries = entriesOf(answer);
    expect(entries).toHaveLength(2);
    for (const { url } of entries) {
      const picture = await fetch(url!);
      expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/png']);
      const { width, height } = await sharp(await picture.arrayBuffer()).metadata();
      expect([width, height]).toEqual([64, 64]);
    }
  });

  it('gives base64 that is the file', async () => {
    const { answer, job } = await made({ ...SMALL, response_format: 'b64_json' });
    const [entry] = entriesOf(answer);
    expect(Object.keys(entry!)).toEqual(['b64_json']);
    const file = await fetch(`${openai.anna.base}/images/files/${job.id}/image_0.png`);
    expect(Buffer.from(entry!['b64_json']!, 'base64')).toEqual(
      Buffer.from(await file.arrayBuffer()),
    );
  });

  it('gives base64 to who names a model that never gives addresses', async () => {
    const { answer } = await made({ ...SMALL, model: 'gpt-image-1' });
    expect(Object.keys(entriesOf(answer)[0]!)).toEqual(['b64_json']);
  });

  it.each(['default', '', 'dall-e-2', 'dall-e-3', 'gpt-image-1', 'gpt-image-1-mini'])(
    'draws with the default model for "%s"',
    async (model) => {
      const { job } = await made({ ...SMALL, model });
      expect(job.model).toBe('tiny-emoji');
    },
  );

  it('takes every field of the document', async () => {
    const { answer, job } = await made({
      ...SMALL,
      n: 1,
      model: 'tiny-emoji',
      quality: 'low',
      style: 'vivid',
      moderation: 'low',
      user: 'user-1234',
      background: 'opaque',
      response_format: 'b64_json',
      output_format: 'webp',
      output_compression: 0,
      stream: false,
      partial_images: 3,
    });
    expect(answer).toMatchObject({ output_format: 'webp', quality: 'low', size: '64x64' });
    expect(optionsOf(job)).toMatchObject({ output_format: 'webp', output_quality: 1 });
    expect(job.origin?.tags).toEqual({ 'openai.user': 'user-1234' });
    const [entry] = entriesOf(answer);
    const { format } = await sharp(Buffer.from(entry!['b64_json']!, 'base64')).metadata();
    expect(format).toBe('webp');
  });

  it('takes null for every field but the prompt', async () => {
    const names = ['n', 'model', 'size', 'quality', 'style', 'moderation', 'user', 'background'];
    const more = ['response_format', 'output_format', 'output_compression', 'stream'];
    const nothing = [...names, ...more, 'partial_images', 'steps', 'width', 'height'];
    const nulls = Object.fromEntries(nothing.map((name) => [name, null]));
    const { answer } = await made({ ...nulls, prompt: 'red apple' });
    expect(entriesOf(answer)[0]).toHaveProperty('url');
  });

  it("passes the core's own options on", async () => {
    const wanted = {
      negative_prompt: 'blurry',
      steps: 3,
      cfg_scale: 2.5,
      seed: 7,
      sampling_method: 'euler',
      scheduler: 'discrete',
      clip_skip: 1,
    };
    const { job } = await made({ prompt: 'red apple', size: '128x64', ...wanted });
    expect(optionsOf(job)).toMatchObject({ ...wanted, width: 128, height: 64 });
  });

  it.each([
    ['prompt', { prompt: undefined }],
    ['prompt', { prompt: 7 }],
    ['n', { n: 0 }],
    ['n', { n: 11 }],
    ['n', { n: 1.5 }],
    ['size', { size: 'large' }],
    ['size', { size: '63x64' }],
    ['size', { size: '64x9000' }],
    ['width', { width: 64 }],
    ['height', { height: 64 }],
    ['model', { model: 5 }],
    ['quality', { quality: 'best' }],
    ['style', { style: 'sober' }],
    ['moderation', { moderation: 'none' }],
    ['user', { user: 'x'.repeat(256) }],
    ['background', { background: 'transparent' }],
    ['background', { background: 'red' }],
    ['response_format', { response_format: 'URL' }],
    ['output_format', { output_format: 'gif' }],
    ['output_compression', { output_compression: 101 }],
    ['stream', { stream: 'yes' }],
    ['partial_images', { partial_images: 4 }],
    ['steps', { steps: 0 }],
    ['batch_count', { batch_count: 2 }],
    ['model_name', { model_name: 'tiny-emoji' }],
    ['init_image', { init_image: 'AAAA' }],
    ['prompts', { prompts: ['red apple'] }],
  ])('refuses a wrong %s in the form of OpenAI: %j', async (param, wrong) => {
    const before = await openai.jobs(openai.anna);
    const reply = await generate({ ...SMALL, ...wrong });
    expect(reply.body).toEqual({
      error: {
        message: expect.stringContaining(param) as string,
        type: 'invalid_request_error',
        code: 'invalid_value',
        param,
      },
    });
    expect([reply.status, reply.headers.get('x-should-retry')]).toEqual([400, 'false']);
    expect(await openai.jobs(openai.anna)).toHaveLength(before.length);
  });

  it('says why nothing can be transparent', async () => {
    const { body } = await generate({ ...SMALL, background: 'transparent' });
    expect(body['error']).toMatchObject({ message: expect.stringContaining('opaque') as string });
  });

  it('refuses what is no object', async () => {
    expect(refusalOf(await generate(['red apple']))).toEqual([400, 'invalid_parameters', null]);
  });

  it('does not know a model that is not there', async () => {
    const reply = await generate({ ...SMALL, model: 'gpt-5' });
    expect(refusalOf(reply)).toEqual([404, 'model_not_found', 'model']);
  });

  it('is for those who have a key, and says so in the form of OpenAI', async () => {
    const reply = await openai.stranger.post('/images/generations', SMALL);
    expect(refusalOf(reply)).toEqual([401, 'invalid_api_key', null]);
    expect(reply.body['error']).toMatchObject({ type: 'authentication_error' });
  });

  it('joins the job of an earlier try of the package', async () => {
    const body = { ...SMALL, prompt: 'one apple' };
    const before = (await openai.jobs(openai.anna)).length;
    const tries = [];
    for (const count of ['0', '1', '2'])
      tries.push(
        await openai.anna.post('/images/generations', body, { 'x-stainless-retry-count': count }),
      );
    expect(tries.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(tries[1]!.body).toEqual(tries[0]!.body);
    expect(tries[2]!.body).toEqual(tries[0]!.body);
    expect(await openai.jobs(openai.anna)).toHaveLength(before + 1);
  });

  it('refuses another request under the same Idempotency-Key', async () => {
    const key = { 'idempotency-key': 'the-key' };
    expect((await openai.anna.post('/images/generations', SMALL, key)).status).toBe(200);
    const other = { ...SMALL, prompt: 'green apple' };
    const reply = await openai.anna.post('/images/generations', other, key);
    expect(refusalOf(reply)).toEqual([422, 'idempotency_key_reused', null]);
  });
});

/** What the document sends, word for word but for its host and the credential. */
function documented(base: string, token: string): string[] {
  return [
    `${base}/images/generations`,
    '-H',
    'Content-Type: application/json',
    '-d',
    '{ "model": "default", "prompt": "A photograph of a golden retriever wearing a scarf in autumn leaves.", "n": 1, "height": 1024, "width": 1024 }',
    '-H',
    `Authorization: Bearer ${token}`,
  ];
}

describe('the requests of mistral.rs', () => {
  it("takes the document's curl line", async () => {
    const { base, token } = openai.anna;
    const { stdout } = await promisify(execFile)('curl', ['-s', ...documented(base, token)]);
    const [entry] = entriesOf(JSON.parse(stdout) as Record<string, unknown>);
    expect(Object.keys(entry!)).toEqual(['url']);
    const { format, width, height } = await sharp(
      readFileSync(join(openai.server.dataDir, 'outputs', entry!['url']!)),
    ).metadata();
    expect([format, width, height]).toEqual(['png', 1024, 1024]);
  });

  it('gives the path of the file below the output folder for Url', async () => {
    const { answer } = await made({ ...SMALL, response_format: 'Url' });
    const { url } = entriesOf(answer)[0]!;
    expect(isAbsolute(url!)).toBe(false);
    expect(existsSync(join(openai.server.dataDir, 'outputs', url!))).toBe(true);
  });

  it('gives a data URL for B64Json', async () => {
    const { answer } = await made({ ...SMALL, response_format: 'B64Json' });
    const { b64_json: data } = entriesOf(answer)[0]!;
    expect(data).toMatch(/^data:image\/png;base64,[A-Za-z0-9+/]+=*$/);
    const bytes = Buffer.from(data!.replace(/^data:image\/\w+;base64,/, ''), 'base64');
    expect((await sharp(bytes).metadata()).width).toBe(64);
  });

  it.each([
    [{ response_format: 'Url' }, 1280, 720],
    [{ width: 512 }, 512, 720],
    [{ height: 512 }, 1280, 512],
  ])("fills %j up with the document's size", async (said, width, height) => {
    const { job } = await made({ prompt: 'red apple', steps: 1, ...said });
    expect(optionsOf(job)).toMatchObject({ width, height });
  });
});
