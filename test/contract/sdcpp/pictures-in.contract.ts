import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VideoRequest } from '../../../src/engine/index.js';
import { cancel } from '../../support/jobs.js';
import { made } from '../../support/sdcpp-jobs.js';
import { pictureBase64, startSdcpp, type SdcppServer } from '../../support/sdcpp.js';

let sdcpp: SdcppServer;
let picture: string;

beforeAll(async () => {
  sdcpp = await startSdcpp();
  picture = await pictureBase64();
});

afterAll(() => sdcpp.close());

const SMALL = { width: 64, height: 64, steps: 2 };

const SD15 = {
  model_name: 'v1-5-pruned-emaonly.safetensors',
  controlnet: 'control_v11p_sd15_canny.safetensors',
};

describe('POST /img2img', () => {
  beforeAll(async () => {
    await sdcpp.anna.post('/models/load', SD15);
  });

  it('takes the documented body', async () => {
    const job = await made(sdcpp, '/img2img', {
      prompt: 'watercolor painting style <lora:watercolor:0.9>',
      negative_prompt: 'photo, realistic',
      init_image_base64: picture,
      strength: 0.75,
      width: 512,
      height: 512,
      steps: 20,
      cfg_scale: 7.0,
      seed: -1,
      sampler: 'euler_a',
      scheduler: 'discrete',
      batch_count: 1,
      clip_skip: -1,
    });
    expect(job.kind).toBe('img2img');
    expect(sdcpp.engine.requests.at(-1)).toMatchObject({
      initImage: { width: 32, height: 32 },
      strength: 0.75,
    });
  });

  it('takes the example at the end of the document', async () => {
    const job = await made(sdcpp, '/img2img', {
      prompt: 'cat with blue eyes, masterpiece',
      init_image_base64: picture,
      strength: 0.4,
      width: 512,
      height: 512,
      steps: 20,
      cfg_scale: 7.0,
    });
    expect(job.parameters.options).toMatchObject({ strength: 0.4 });
  });

  it('paints within a mask, and follows a ControlNet meanwhile', async () => {
    const job = await made(sdcpp, '/img2img', {
      prompt: 'a worm',
      ...SMALL,
      init_image_base64: picture,
      mask_image_base64: picture,
      control_image_base64: picture,
      control_strength: 0.5,
      img_cfg_scale: 1.5,
    });
    expect(job.kind).toBe('inpainting');
    expect(sdcpp.engine.requests.at(-1)).toMatchObject({
      initImage: { channels: 3 },
      maskImage: { channels: 1 },
      controlImage: { channels: 3 },
      controlStrength: 0.5,
      strength: 0.75,
      imgCfgScale: 1.5,
    });
  });

  it('is asked for again by the parameters of its job', async () => {
    const body = { prompt: 'x', ...SMALL, ref_images: [picture, picture], strength: 0.5 };
    const first = await made(sdcpp, '/img2img', { ...body, init_image_base64: picture });
    const { body: job } = await sdcpp.anna.get(`/queue/${first.id}`);
    const params = job['params'] as Record<string, unknown>;
    expect(params).toMatchObject({ prompt: 'x', strength: 0.5 });
    const again = await made(sdcpp, '/img2img', params);
    const { init_image: begun, ref_images: shown } = first.parameters.options;
    expect(again.parameters.options).toMatchObject({ init_image: begun, ref_images: shown });
    expect((await sdcpp.berta.post('/img2img', params)).status).toBe(400);
  });

  it('needs its picture', async () => {
    const { status, body } = await sdcpp.anna.post('/img2img', { prompt: 'x', ...SMALL });
    expect([status, body['error']]).toEqual([
      400,
      expect.stringMatching(/^init_image_base64 is missing/) as string,
    ]);
  });

  it('begins from the picture of an earlier job of the same user, and of nobody else', async () => {
    const first = await made(sdcpp, '/txt2img', { prompt: 'x', ...SMALL });
    const body = { prompt: 'x', ...SMALL, init_image_base64: `job:${first.id}/image_0.png` };
    const second = await made(sdcpp, '/img2img', body);
    const again = { ...body, init_image_base64: `job:${second.id}/init_image` };
    await made(sdcpp, '/img2img', again);
    for (const source of [body, again])
      expect((await sdcpp.berta.post('/img2img', source)).status).toBe(400);
    const wrong = { ...body, init_image_base64: `job:${second.id}/mask_image` };
    expect((await sdcpp.anna.post('/img2img', wrong)).status).toBe(400);
  });
});

describe('POST /txt2vid', () => {
  beforeAll(async () => {
    await sdcpp.anna.post('/models/load', {
      model_name: 'wan2.1_t2v_1.3B_fp16.safetensors',
      model_type: 'diffusion',
      vae: 'wan_2.1_vae.safetensors',
      t5xxl: 'umt5-xxl-encoder-Q8_0.gguf',
      high_noise_diffusion_model: 'wan2.1-t2v-14b-Q8_0.gguf',
      options: { flash_attn: true, flow_shift: 3.0 },
    });
  });

  /** Small, because every frame is really encoded. */
  const TINY = { width: 64, height: 64, steps: 1 };

  const request = (): VideoRequest => sdcpp.engine.requests.at(-1) as unknown as VideoRequest;

  it.each<[string, object]>([
    [
      'the documented body',
      {
        prompt: 'a cat walking through a garden, cinematic',
        negative_prompt: 'static, blurry, low quality',
        width: 832,
        height: 480,
        video_frames: 33,
        steps: 30,
        cfg_scale: 6.0,
        seed: -1,
        sampler: 'euler',
        scheduler: 'discrete',
        flow_shift: 3.0,
        clip_skip: -1,
      },
    ],
    [
      'the example for Wan2.1',
      {
        prompt: 'a lovely cat walking in a garden',
        negative_prompt: 'static, blurry, low quality',
        width: 832,
        height: 480,
        video_frames: 33,
        steps: 30,
        cfg_scale: 6.0,
        sampler: 'euler',
        flow_shift: 3.0,
      },
    ],
  ])('accepts %s', async (_name, body) => {
    const { status, body: answer } = await sdcpp.anna.post('/txt2vid', body);
    expect({ status, answer }).toMatchObject({ status: 202, answer: { status: 'pending' } });
    await cancel(sdcpp.server.app, sdcpp.anna.token, String(answer['job_id']));
  });

  it('has the document’s defaults', async () => {
    const job = await made(sdcpp, '/txt2vid', { prompt: 'a cat', ...TINY, video_frames: 2 });
    expect(job).toMatchObject({
      kind: 'text2video',
      parameters: {
        options: {
          cfg_scale: 6,
          fps: 16,
          sampling_method: 'euler',
          scheduler: 'discrete',
          flow_shift: 3,
        },
      },
    });
  });

  it('gives the engine every field of the document', async () => {
    await made(sdcpp, '/txt2vid', {
      prompt: 'a cat',
      ...TINY,
      video_frames: 2,
      fps: 8,
      distilled_guidance: 3.0,
      eta: 0.0,
      slg_scale: 1,
      init_image_base64: picture,
      end_image_base64: picture,
      strength: 0.5,
      control_frames: [picture, picture],
      high_noise_steps: 3,
      high_noise_cfg_scale: 5.0,
      high_noise_sampler: 'euler_a',
      high_noise_distilled_guidance: 2.5,
      high_noise_slg_scale: 1.5,
      high_noise_skip_layers: [1, 2],
      high_noise_slg_start: 0.05,
      high_noise_slg_end: 0.3,
      moe_boundary: 0.9,
      vace_strength: 0.8,
      easycache: true,
    });
    expect(request()).toMatchObject({
      frames: 2,
      fps: 8,
      initImage: { width: 32 },
      endImage: { width: 32 },
      strength: 0.5,
      controlFrames: [{ width: 32 }, { width: 32 }],
      highNoise: {
        steps: 3,
        cfgScale: 5,
        sampler: 'euler_a',
        distilledGuidance: 2.5,
        slg: { scale: 1.5, layers: [1, 2], layerStart: 0.05, layerEnd: 0.3 },
      },
      moeBoundary: 0.9,
      vaceStrength: 0.8,
      cache: { mode: 'easycache' },
    });
  });

  it('gives the engine the further fields of the web UI', async () => {
    await made(sdcpp, '/txt2vid', {
      prompt: 'a cat',
      ...TINY,
      video_frames: 2,
      high_noise_scheduler: 'karras',
      high_noise_img_cfg: 1.5,
      high_noise_eta: 0.5,
      high_noise_shifted_timestep: 250,
      high_noise_flow_shift: 5,
      high_noise_extra_sample_args: 'a=1',
      high_noise_custom_sigmas: [2, 1, 0],
    });
    expect(request().highNoise).toMatchObject({
      scheduler: 'karras',
      imgCfgScale: 1.5,
      eta: 0.5,
      shiftedTimestep: 250,
      flowShift: 5,
      extraSampleArgs: 'a=1',
      customSigmas: [2, 1, 0],
    });
  });

  it('shows one control picture to every frame', async () => {
    const body = { prompt: 'a cat', ...TINY, video_frames: 3, control_image_base64: picture };
    await made(sdcpp, '/txt2vid', body);
    expect(request().controlFrames).toHaveLength(3);
  });

  it('takes what asks for nothing, and refuses what cannot be', async () => {
    const idle = {
      batch_count: 1,
      ref_images: [],
      ref_videos: [],
      ref_audios: [],
      pm_id_images: [],
      control_strength: 0.9,
      high_noise_steps: -1,
      high_noise_cfg_scale: 0,
      high_noise_sampler: '',
      high_noise_skip_layers: [],
    };
    await made(sdcpp, '/txt2vid', { prompt: 'a cat', ...TINY, video_frames: 2, ...idle });
    for (const change of [{ batch_count: 2 }, { ref_videos: [{}] }, { ref_audios: ['x'] }]) {
      const [field = ''] = Object.keys(change);
      const { status, body } = await sdcpp.anna.post('/txt2vid', {
        prompt: 'x',
        ...TINY,
        ...change,
      });
      expect([status, body['error']]).toEqual([
        400,
        expect.stringContaining(`${field} cannot be used`) as string,
      ]);
    }
  });
});
