import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bearer, send } from '../../support/auth.js';
import { jobEnd } from '../../support/jobs.js';
import { TXT2IMG_EXAMPLES } from '../../support/sdcpp-examples.js';
import { accepted, loadExample, made, type Made } from '../../support/sdcpp-jobs.js';
import { pictureBase64, startSdcpp, type SdcppServer } from '../../support/sdcpp.js';

let sdcpp: SdcppServer;
let picture: string;

beforeAll(async () => {
  sdcpp = await startSdcpp();
  picture = await pictureBase64();
});

afterAll(() => sdcpp.close());

const SMALL = { width: 64, height: 64, steps: 2 };

/** The body of the document's "Text to Image", word for word but for its picture. */
const DOCUMENTED = {
  prompt: 'a lovely cat holding a sign that says hello world <lora:add_detail:0.8>',
  negative_prompt: 'blurry, low quality, bad anatomy',
  width: 512,
  height: 512,
  steps: 20,
  cfg_scale: 7.0,
  seed: -1,
  sampler: 'euler_a',
  scheduler: 'discrete',
  batch_count: 1,
  clip_skip: -1,
  control_strength: 0.9,
};

describe('POST /txt2img', () => {
  it('answers as documented', async () => {
    await loadExample(sdcpp, 'SD1.5');
    const { status, body } = await sdcpp.anna.post('/txt2img', { prompt: 'a cat', ...SMALL });
    expect({ status, body }).toEqual({
      status: 202,
      body: {
        job_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        status: 'pending',
        position: 1,
      },
    });
    await jobEnd(sdcpp.server.app, sdcpp.anna.token, String(body['job_id']));
  });

  it('takes the documented body, with the control picture', async () => {
    await loadExample(sdcpp, 'SD1.5 with ControlNet');
    const job = await made(sdcpp, '/txt2img', { ...DOCUMENTED, control_image_base64: picture });
    expect(job.kind).toBe('text2img');
    expect(sdcpp.engine.requests.at(-1)).toMatchObject({
      prompt: 'a lovely cat holding a sign that says hello world ',
      negativePrompt: 'blurry, low quality, bad anatomy',
      sampler: 'euler_a',
      scheduler: 'discrete',
      controlImage: { width: 32, height: 32 },
      controlStrength: 0.9,
      loras: [{ multiplier: 0.8 }],
    });
  });

  it.each(TXT2IMG_EXAMPLES)('takes the example for %s', async (_name, model, body) => {
    await loadExample(sdcpp, model);
    const id = await accepted(sdcpp, '/txt2img', body);
    const { body: answer } = await send(
      sdcpp.server.app,
      'GET',
      `/api/queue/job/${id}`,
      bearer(sdcpp.anna.token),
    );
    const job = answer['job'] as unknown as Made;
    const { sampler, easycache, ...said } = body as Record<string, unknown>;
    expect(job.parameters.options).toMatchObject(said);
    expect(job.parameters.options['sampling_method']).toBe(sampler ?? 'euler_a');
    expect(job.parameters.options['cache_mode']).toBe(easycache ? 'easycache' : undefined);
    expect(job).toMatchObject({ origin: { dialect: 'sdcpp', params: body } });
    await jobEnd(sdcpp.server.app, sdcpp.anna.token, id);
  });

  it('has the document’s defaults, where the model recommends nothing', async () => {
    await loadExample(sdcpp, 'SD1.5');
    const { parameters } = await made(sdcpp, '/txt2img', { prompt: 'a cat' });
    expect(parameters).toMatchObject({
      model: { name: 'v1-5-pruned-emaonly.safetensors' },
      options: {
        negative_prompt: '',
        width: 512,
        height: 512,
        steps: 20,
        cfg_scale: 7,
        sampling_method: 'euler_a',
        scheduler: 'discrete',
        batch_count: 1,
        clip_skip: -1,
        seed: expect.any(Number) as number,
      },
    });
  });

  it('has what the model recommends, where it does', async () => {
    await sdcpp.anna.post('/models/load', { model_name: 'tiny-emoji' });
    const { parameters } = await made(sdcpp, '/txt2img', { prompt: 'a cat' });
    expect(parameters.options).toMatchObject({
      width: 128,
      height: 128,
      steps: 8,
      cfg_scale: 3,
      sampling_method: 'euler',
    });
  });

  it.each<[string, object, string]>([
    ['no prompt', { prompt: undefined }, 'prompt is missing'],
    ['an unknown field', { colour: 'red' }, 'There is no field "colour"'],
    ['a field of another kind', { video_frames: 3 }, 'There is no field "video_frames"'],
    ['a name of the core', { sampling_method: 'euler' }, 'There is no field "sampling_method"'],
    ['a word for a number', { steps: 'many' }, 'steps must be a whole number'],
    ['a number out of bounds', { width: 99_999 }, 'width must be'],
    ['an unknown sampler', { sampler: 'dice' }, 'sampler must be one of euler'],
    ['an unknown scheduler', { scheduler: 'beta' }, 'scheduler must be one of'],
    ['an unknown cache', { cache_mode: 'dice' }, 'cache_mode must be one of'],
    ['a LoRA that is not there', { prompt: 'x <lora:none:1>' }, 'There is no lora model "none"'],
    ['no picture', { ref_images: ['!'] }, 'ref_images must be a picture'],
    ['a control picture without a ControlNet', { control_image_base64: 'A' }, 'needs a ControlNet'],
    [
      'an IP-Adapter',
      { ip_adapter_image_base64: 'AAAA' },
      'ip_adapter_image_base64 cannot be used',
    ],
    ['PuLID', { pulid_id_embedding_path: 'x' }, 'pulid_id_embedding_path cannot be used'],
    ['layers', { qwen_image_layers: 4 }, 'qwen_image_layers cannot be used'],
    ['arguments of no engine', { ref_image_args: 'a=1' }, 'ref_image_args cannot be used'],
    ['a title that is too long', { title: 'x'.repeat(300) }, 'title must be'],
    [
      'a path that leads out',
      { pm_id_embed_path: '../../etc/passwd' },
      'pm_id_embed_path: There is',
    ],
    ['braces that do not match', { prompt: '{a|b', expand_prompt: true }, 'not closed'],
  ])('refuses %s, naming it', async (_name, change, message) => {
    await loadExample(sdcpp, 'SD1.5');
    const { status, body } = await sdcpp.anna.post('/txt2img', {
      prompt: 'x',
      ...SMALL,
      ...change,
    });
    expect([status, body['error']]).toEqual([400, expect.stringContaining(message) as string]);
  });

  it.each([[[]], ['x'], [7], [null]])('refuses a body that is %j', async (body) => {
    const answer = await sdcpp.anna.post('/txt2img', body);
    expect([answer.status, typeof answer.body['error']]).toEqual([400, 'string']);
  });

  it('needs a model, as documented', async () => {
    await sdcpp.anna.post('/models/unload');
    expect(await sdcpp.anna.post('/txt2img', { prompt: 'a cat' })).toMatchObject({
      status: 400,
      body: { error: 'No model loaded' },
    });
  });

  it('draws with the server’s default model for who has loaded none', async () => {
    const answer = await sdcpp.admin.post('/txt2img', { prompt: 'red apple', ...SMALL });
    expect(answer.status).toBe(202);
  });

  it('keeps the title, and what was asked for without its pictures', async () => {
    await loadExample(sdcpp, 'SD1.5');
    const body = { prompt: 'x', ...SMALL, title: 'My cat', seed: '7' };
    const job = await made(sdcpp, '/txt2img', { ...body, ref_images: [picture] });
    expect(job).toMatchObject({ label: 'My cat', origin: { dialect: 'sdcpp', params: body } });
    expect(job.origin!.params).not.toHaveProperty('ref_images');
    await made(sdcpp, '/txt2img', job.origin!.params);
  });
});
