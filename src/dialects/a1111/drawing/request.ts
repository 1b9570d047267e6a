import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../auth/index.js';
import { ValidationError } from '../../../common/index.js';
import { ImageWork } from '../../../files/index.js';
import { GenerateService, type GenerationKind } from '../../../generate/index.js';
import { ModelNotFoundError, ModelsService, type Model } from '../../../models/index.js';
import { isObject, namesByOption, translate, type Fields } from '../../fields.js';
import { A1111Names, stemOf } from '../lists/names.js';
import { findSampler, findScheduler, samplersOf, schedulersOf } from '../lists/samplers.js';
import { A1111Options, nameIn, readKept, type KeptOptions } from '../options/options.service.js';
import { controlOptions } from './control-net.js';
import { IMG2IMG, toldOf, txt2imgFields } from './fields.js';
import { initImage, maskImage, ownMaskImage, type MaskWishes, type Size } from './input-picture.js';
import { refusal, SamplerNotFoundError, ScriptNotFoundError } from './refusals.js';

type Body = Record<string, unknown>;

/** A request as the core understands it. */
export interface A1111Request {
  kind: GenerationKind;
  options: Body;
  /** What this API calls the core's options. */
  names: Record<string, string>;
  /** The request without pictures. */
  told: Body;
  model: Model;
}

/** What the original takes where neither the request nor the model says anything. */
export const DEFAULTS = { width: 512, height: 512, steps: 50, cfg_scale: 7 };

const FORMATS: Readonly<Record<string, string>> = { jpg: 'jpeg' };

/** Fields that are not known are ignored, as in the original. */
function known(fields: Fields, body: Body): Body {
  return Object.fromEntries(Object.entries(body).filter(([name]) => Object.hasOwn(fields, name)));
}

function count(body: Body, field: string): number {
  const value = body[field] ?? 1;
  if (Number.isInteger(value) && Number(value) >= 1) return Number(value);
  throw refusal(field, 'must be a whole number from 1');
}

function hasWord(prompt: unknown, word: string): boolean {
  return typeof prompt === 'string' && prompt.includes(word);
}

/** The picture and its mask: both as they are where only the masked part is drawn, else in the size of the result. */
async function maskedOptions(
  { inpaint_full_res: part, inpaint_full_res_padding: padding }: Body,
  picture: string,
  wishes: MaskWishes,
  size: Size,
): Promise<Body> {
  if (part === false || part === 0)
    return {
      init_image: await initImage(picture, size, wishes.mode),
      mask_image: await maskImage(wishes, size),
    };
  return {
    init_image: picture,
    mask_image: await ownMaskImage(wishes),
    masked_only: true,
    masked_padding: padding ?? 0,
  };
}

/** Puts requests of this API into the words of the core. */
@Injectable()
export class A1111Requests {
  constructor(
    private readonly generate: GenerateService,
    private readonly models: ModelsService,
    private readonly names: A1111Names,
    private readonly options: A1111Options,
    private readonly work: ImageWork,
  ) {}

  async txt2img(caller: Principal, body: Body): Promise<A1111Request> {
    const request = await this.common(caller, 'text2img', txt2imgFields(body), body);
    if (body['enable_hr'] === true) Object.assign(request.options, await this.secondPass(body));
    return request;
  }

  async img2img(caller: Principal, body: Body): Promise<A1111Request> {
    const request = await this.common(caller, 'img2img', IMG2IMG, body);
    const { init_images: pictures, mask, resize_mode: mode, mask_blur: blur } = body;
    const [picture, ...more] = Array.isArray(pictures) ? (pictures as unknown[]) : [];
    if (typeof picture !== 'string' || more.length > 0)
      throw refusal('init_images', 'must be a list of one picture');
    const { width, height } = { ...DEFAULTS, ...request.model.recommended, ...request.options };
    const size = { width: Number(width), height: Number(height) };
    if (mask === undefined || mask === null || mask === '') {
      const init_image = await this.work.run(caller.userId, () => initImage(picture, size, mode));
      return { ...request, options: { ...request.options, ...size, init_image } };
    }
    if (typeof mask !== 'string') throw refusal('mask', 'must be a picture');
    if (request.kind === 'controlnet')
      throw refusal('alwayson_scripts.ControlNet.module', 'must be none together with a mask');
    const { inpainting_mask_invert: invert } = body;
    const masked = await this.work.run(caller.userId, () =>
      maskedOptions(body, picture, { mask, mode, blur, invert }, size),
    );
    return { ...request, kind: 'inpainting', options: { ...request.options, ...size, ...masked } };
  }

  private async common(
    caller: Principal,
    kind: GenerationKind,
    fields: Fields,
    body: Body,
  ): Promise<A1111Request> {
    const script = nameIn(body, 'script_name');
    if (script !== undefined && script !== 'None') throw new ScriptNotFoundError(script);
    const { options: said, problems } = translate(fields, known(fields, body));
    if (problems.length > 0) throw new ValidationError(problems);
    const overrides = body['override_settings'] ?? {};
    if (!isObject(overrides)) throw refusal('override_settings', 'must be an object');
    const kept = {
      ...(await this.options.kept(caller)),
      ...readKept(overrides, 'override_settings.'),
    };
    const model = await this.model(caller, overrides, body);
    const control = controlOptions(body['alwayson_scripts']);
    return {
      kind: 'canny' in control ? 'controlnet' : kind,
      model,
      told: toldOf(fields, body),
      names: {
        ...namesByOption(fields),
        batch_count: 'batch_size',
        init_image: 'init_images',
        mask_image: 'mask',
        masked_only: 'inpaint_full_res',
        masked_padding: 'inpaint_full_res_padding',
        control_net: 'alwayson_scripts.ControlNet.model',
        control_image: 'alwayson_scripts.ControlNet.image',
        control_strength: 'alwayson_scripts.ControlNet.weight',
      },
      options: {
        ...(await this.fromKept(kept)),
        ...said,
        ...(await this.sampling(body)),
        ...(await this.embeddings(body)),
        ...(body['tiling'] === true ? { circular_x: true, circular_y: true } : {}),
        ...control,
        batch_count: count(body, 'batch_size') * count(body, 'n_iter'),
        model_name: model.id,
      },
    };
  }

  private async model(caller: Principal, overrides: Body, { model: wish }: Body): Promise<Model> {
    const title = nameIn(overrides, 'sd_model_checkpoint');
    if (title !== undefined) return this.names.find(title);
    // The original ignores this field, so that clients send in it whatever they have.
    const wanted = typeof wish === 'string' ? await this.names.known(wish) : undefined;
    return wanted ?? (await this.options.model(caller)).model;
  }

  private async fromKept(kept: KeptOptions): Promise<Body> {
    const { CLIP_stop_at_last_layers: clip, sd_vae: vae, samples_format: format } = kept;
    const path = await this.options.vaePath(vae);
    return {
      ...(clip > 1 ? { clip_skip: clip } : {}),
      ...(path === undefined ? {} : { vae_path: path }),
      output_format: FORMATS[format] ?? format,
      ...(format === 'png' ? {} : { output_quality: kept.jpeg_quality }),
    };
  }

  private async sampling(body: Body): Promise<Body> {
    const { facts } = await this.generate.context();
    const schedulers = schedulersOf(facts.schedulers);
    const name = nameIn(body, 'sampler_name') ?? nameIn(body, 'sampler_index');
    const found = name && findSampler(samplersOf(facts.samplers), schedulers, name);
    if (name !== undefined && !found) throw new SamplerNotFoundError(name);
    const wanted = nameIn(body, 'scheduler');
    const { sampler, scheduler = wanted && findScheduler(schedulers, wanted) } = found || {};
    return {
      ...(sampler ? { sampling_method: sampler.engine } : {}),
      ...(scheduler ? { scheduler: scheduler.engine } : {}),
    };
  }

  /** Textual inversions are used by writing their names. */
  private async embeddings({ prompt, negative_prompt: negative }: Body): Promise<Body> {
    const models = await this.models.listOfType('embedding');
    const used = models.filter((model) =>
      [prompt, negative].some((text) => hasWord(text, stemOf(model).split('/').at(-1) ?? '')),
    );
    return used.length > 0 ? { embeddings: used.map(({ name }) => name) } : {};
  }

  private async secondPass(body: Body): Promise<Body> {
    const name = nameIn(body, 'hr_upscaler');
    const { facts } = await this.generate.context();
    if (name === undefined) return { hires_fix: true };
    if (name === 'None') return { hires_fix: true, hires_upscaler: 'Lanczos' };
    if (name !== 'Model' && facts.hiresUpscalers.includes(name))
      return { hires_fix: true, hires_upscaler: name };
    try {
      const model = await this.names.find(name, ['esrgan']);
      return {
        hires_fix: true,
        hires_upscaler: 'Model',
        hires_upscale_model: model.relativePath,
      };
    } catch (error) {
      if (!(error instanceof ModelNotFoundError)) throw error;
      throw refusal('hr_upscaler', 'names no upscaler that is here');
    }
  }
}
