import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../auth/index.js';
import { InvalidParametersError, ValidationError } from '../../../common/index.js';
import {
  GenerateService,
  ModelChoices,
  OPTIONS,
  promptVariants,
  usualFor,
  type GenerationKind,
} from '../../../generate/index.js';
import { QueueService } from '../../../queue/index.js';
import { inOurWords, isObject, namesByOption, translate, type Fields } from '../../fields.js';
import { DRAWING, ENLARGING } from '../models/choice.js';
import { DEFAULTS, GENERATION_FIELDS, type GenerationType } from './fields.js';
import { withoutIdle } from './switches.js';

/** Longest title, in characters. */
const TITLE_LIMIT = 255;

type Body = Record<string, unknown>;

/** A job that was accepted, or the jobs of the variants of a prompt. */
export type Accepted =
  | { job_id: string; status: 'pending'; position: number }
  | {
      group_id: string;
      variation_count: number;
      job_ids: string[];
      status: 'pending';
      position: number;
    };

const KINDS: Readonly<Record<GenerationType, GenerationKind>> = {
  txt2img: 'text2img',
  img2img: 'img2img',
  txt2vid: 'text2video',
  upscale: 'upscale',
};

/** The kind that a request is in the core. */
function kindOf(type: GenerationType, options: Body): GenerationKind {
  return type === 'img2img' && 'mask_image' in options ? 'inpainting' : KINDS[type];
}

function isPicture({ to = '' }: Fields[string]): boolean {
  const type = OPTIONS[to]?.type;
  return type === 'picture' || type === 'pictures';
}

/** The request as it can be sent again, without its pictures. */
function paramsOf(fields: Fields, body: Body): Body {
  return Object.fromEntries(
    Object.entries(body).filter(([name]) => {
      const field = fields[name];
      return field && !isPicture(field);
    }),
  );
}

/** The mode of the cache under its old name counts where the new one says nothing. */
function withCacheMode(options: Body, { easycache }: Body): Body {
  if (options['cache_mode'] !== undefined || easycache !== true) return options;
  return { ...options, cache_mode: 'easycache' };
}

function titleOf({ title }: Body): string | undefined {
  if (title === undefined || title === null || title === '') return undefined;
  if (typeof title === 'string' && title.length <= TITLE_LIMIT) return title;
  const message = `title must be a text of at most ${TITLE_LIMIT} characters.`;
  throw new ValidationError([{ field: 'title', message }]);
}

function promptsOf({ prompt, expand_prompt: expand }: Body): unknown[] {
  return expand === true && typeof prompt === 'string' ? promptVariants(prompt) : [prompt];
}

interface Ready {
  kind: GenerationKind;
  options: Body;
  label?: string;
  /** What this API calls the core's options. */
  names: Record<string, string>;
}

/** Takes requests for pictures and videos in, for the model that the caller has loaded. */
@Injectable()
export class SdcppGeneration {
  constructor(
    private readonly generate: GenerateService,
    private readonly choices: ModelChoices,
    private readonly queue: QueueService,
  ) {}

  /** @throws NothingChosenError; ValidationError by the names of this API */
  async submit(caller: Principal, type: GenerationType, body: unknown): Promise<Accepted> {
    if (!isObject(body)) throw new InvalidParametersError('The body must be a JSON object.');
    const ready = await this.prepare(caller, type, body);
    const params = paramsOf(GENERATION_FIELDS[type], body);
    const prompts = promptsOf(body);
    if (prompts.length > 1) return this.group(caller, type, ready, params, prompts);
    const [prompt] = prompts;
    const said = prompt === body['prompt'] ? params : { ...params, prompt };
    const id = await this.one(caller, type, ready, said);
    return { job_id: id, status: 'pending', position: await this.positionOf(caller, id) };
  }

  private async prepare(caller: Principal, type: GenerationType, body: Body): Promise<Ready> {
    const fields = GENERATION_FIELDS[type];
    const { options: said, problems } = translate(fields, body);
    if (problems.length > 0) throw new ValidationError(problems);
    const options = withoutIdle(withCacheMode(said, body));
    const kind = kindOf(type, options);
    const slot = kind === 'upscale' ? ENLARGING : DRAWING;
    const { model, options: usual } = await this.choices.needed(caller, slot);
    const label = titleOf(body);
    return {
      kind,
      options: {
        ...usualFor(kind, usual),
        ...options,
        ...(options['upscale'] === true ? await this.upscalerFor(caller) : {}),
        model_name: model.id,
      },
      names: namesByOption(fields),
      ...(label === undefined ? {} : { label }),
    };
  }

  /** The upscaler that the caller has loaded, for pictures that are enlarged after they were drawn. */
  private async upscalerFor(caller: Principal): Promise<Body> {
    const { model, options } = await this.choices.needed(caller, ENLARGING);
    const tile = options['tile_size'];
    return {
      upscale_model: model.name,
      ...(tile === undefined ? {} : { upscale_tile_size: tile }),
    };
  }

  private one(
    caller: Principal,
    type: GenerationType,
    { kind, options, names, label }: Ready,
    params: Body,
  ): Promise<string> {
    const { prompt } = params;
    const body = prompt === undefined ? options : { ...options, prompt };
    return inOurWords(names, () =>
      this.generate.submit(caller, kind, body, {
        defaults: DEFAULTS[type],
        origin: { dialect: 'sdcpp', params },
        ...(label === undefined ? {} : { label }),
      }),
    );
  }

  /** A job of each variant, or none at all. */
  private async group(
    caller: Principal,
    type: GenerationType,
    ready: Ready,
    params: Body,
    prompts: unknown[],
  ): Promise<Accepted> {
    const { expand_prompt: _expand, prompt: template, ...rest } = params;
    const group = randomUUID();
    const ids: string[] = [];
    try {
      for (const [index, prompt] of prompts.entries()) {
        const variant = {
          variation_group_id: group,
          variation_index: index,
          variation_total: prompts.length,
          variation_template: template,
        };
        ids.push(await this.one(caller, type, ready, { ...rest, prompt, ...variant }));
      }
    } catch (error) {
      for (const id of ids) await this.queue.cancel(caller, id).catch(() => undefined);
      throw error;
    }
    const [first = ''] = ids;
    return {
      group_id: group,
      variation_count: ids.length,
      job_ids: ids,
      status: 'pending',
      position: await this.positionOf(caller, first),
    };
  }

  /** From 1; a job that has begun already was the next one. */
  private async positionOf(caller: Principal, id: string): Promise<number> {
    const { position } = await this.queue.job(caller, id);
    return position ?? 1;
  }
}
