import { Injectable } from '@nestjs/common';
import { can, InsufficientPermissionsError, type Principal } from '../../../auth/index.js';
import { ValidationError, type FieldProblem } from '../../../common/index.js';
import {
  ModelChoices,
  usualFor,
  type GenerationKind,
  type OptionValues,
} from '../../../generate/index.js';
import type { Model } from '../../../models/index.js';
import { ExpandService } from '../../../text/index.js';
import { isObject, namesByOption, translate, type Fields } from '../../fields.js';
import { MoldKnownModels } from '../models/known-models.js';
import { MoldNames } from '../models/names.js';
import { DRAWING } from '../models/slot.js';
import {
  boundProblems,
  isVideo,
  readFormat,
  readLoras,
  readScheduler,
  readSeed,
  switchProblems,
} from './checks.js';
import { FIELDS, knownOf, toldOf } from './fields.js';

type Body = Record<string, unknown>;

/** A request as the core understands it. */
export interface MoldRequest {
  kind: GenerationKind;
  options: Body;
  /** What this API calls the core's options. */
  names: Record<string, string>;
  /** The request without pictures. */
  told: Body;
  /** What the language model made of the prompt. */
  expanded?: string;
  /** Whether the files of the answer say how they were made. */
  withRecipe: boolean;
}

/** Architectures whose guidance is a thing that the model was distilled with, not two runs of it. */
const DISTILLED = ['flux', 'flux-fill', 'flux-controls', 'flux2', 'longcat', 'ovis-image'];

/** Options that mean nothing without another one, and which clients send all the same. */
const ONLY_WITH: Readonly<Record<string, string>> = {
  strength: 'init_image',
  control_strength: 'control_image',
  control_net: 'control_image',
};

function guidanceOptions({ guidance }: Body, { architecture }: Model): Body {
  if (typeof guidance !== 'number') return {};
  if (DISTILLED.includes(architecture ?? '')) return { guidance, cfg_scale: 1 };
  return { cfg_scale: Math.max(1, guidance) };
}

function kindOf(body: Body, options: Body): GenerationKind {
  if (isVideo(body)) return 'text2video';
  if ('mask_image' in options) return 'inpainting';
  return 'init_image' in options ? 'img2img' : 'text2img';
}

/** What means nothing in this request is left out. */
function meaningful(kind: GenerationKind, options: Body): Body {
  const video = kind === 'text2video';
  const kept = Object.entries(options).filter(([name, value]) => {
    const needs = ONLY_WITH[name];
    if (needs !== undefined && !(needs in options)) return false;
    if (name === 'batch_count' && video) return value !== 1;
    return video || !['fps', 'video_frames'].includes(name);
  });
  return Object.fromEntries(kept);
}

/** The fields by the core's options, in the spelling that was sent. */
function namesIn(body: Body): Record<string, string> {
  const sent = Object.fromEntries(Object.entries(FIELDS).filter(([name]) => name in body));
  return {
    ...namesByOption(FIELDS),
    ...namesByOption(sent as Fields),
    cfg_scale: 'guidance',
    loras: 'loras' in body ? 'loras' : 'lora',
    sampling_method: 'scheduler',
    video_format: 'output_format',
  };
}

function missing(field: string, why: string): FieldProblem {
  return { field, message: `${field} is missing: ${why}.` };
}

/** Puts requests of this API into the words of the core. */
@Injectable()
export class MoldRequests {
  constructor(
    private readonly names: MoldNames,
    private readonly known: MoldKnownModels,
    private readonly choices: ModelChoices,
    private readonly expander: ExpandService,
  ) {}

  /** @throws ValidationError, ModelNotFoundError, and TextError where the prompt is to be expanded */
  async read(caller: Principal, body: unknown, signal?: AbortSignal): Promise<MoldRequest> {
    if (!isObject(body))
      throw new ValidationError([{ field: '', message: 'The body must be a JSON object.' }]);
    const said = this.check(body);
    const kind = kindOf(body, said);
    const { model, options: chosen } = await this.model(caller, body['model']);
    const options = {
      ...usualFor(kind, await this.known.partsFor(model)),
      ...usualFor(kind, chosen),
      ...meaningful(kind, said),
      ...guidanceOptions(body, model),
      ...(await this.upscaling(body)),
      model_name: model.id,
    };
    const expanded =
      body['expand'] === true ? await this.expand(caller, body, model, signal) : undefined;
    return {
      kind,
      options: expanded === undefined ? options : { ...options, prompt: expanded },
      names: namesIn(body),
      told: toldOf(body),
      withRecipe: body['embed_metadata'] !== false,
      ...(expanded === undefined ? {} : { expanded }),
    };
  }

  /** The options of the core that the request says. */
  private check(body: Body): Body {
    const { options, problems } = translate(FIELDS, knownOf(body));
    const others = [readFormat(body), readLoras(body), readScheduler(body)];
    problems.push(
      ...boundProblems(body),
      ...switchProblems(body),
      ...others.flatMap((read) => read.problems),
    );
    if (typeof body['prompt'] !== 'string')
      problems.push(missing('prompt', 'what is to be drawn, a text'));
    if ('mask_image' in options && !('init_image' in options))
      problems.push(missing('source_image', 'the picture that the mask is for'));
    if (problems.length > 0) throw new ValidationError(problems);
    const read = others.map(({ value }) => value ?? {});
    return Object.assign({}, options, readSeed(body), ...read) as Body;
  }

  private async model(
    caller: Principal,
    name: unknown,
  ): Promise<{ model: Model; options: OptionValues }> {
    if (name === undefined || name === null || name === '')
      return this.choices.needed(caller, DRAWING);
    if (typeof name !== 'string')
      throw new ValidationError([{ field: 'model', message: 'model must be a text.' }]);
    const chosen = await this.choices.of(caller, DRAWING);
    const model = await this.names.find(name);
    return { model, options: chosen.model?.id === model.id ? chosen.options : {} };
  }

  private async upscaling({ upscale_model: upscaler }: Body): Promise<Body> {
    if (typeof upscaler !== 'string' || upscaler === '') return {};
    const { id } = await this.names.upscaler(upscaler);
    return { upscale: true, upscale_model: id };
  }

  private async expand(
    caller: Principal,
    { prompt }: Body,
    { architecture }: Model,
    signal?: AbortSignal,
  ): Promise<string | undefined> {
    if (!can(caller, 'text:use')) throw new InsufficientPermissionsError('text:use');
    const modelFamily = architecture ?? undefined;
    const [first] = await this.expander.expand(caller, String(prompt), { modelFamily, signal });
    return first;
  }
}
