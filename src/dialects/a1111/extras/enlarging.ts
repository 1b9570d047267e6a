import { Inject, Injectable } from '@nestjs/common';
import sharp from 'sharp';
import type { Principal } from '../../../auth/index.js';
import { CONFIG, type Config } from '../../../config/index.js';
import {
  decodeImage,
  ImageWork,
  OutputStore,
  pictureBytes,
  readImageHeader,
} from '../../../files/index.js';
import { GenerateService, type ImageSize } from '../../../generate/index.js';
import { JobFailedError, JobWaiter } from '../../../queue/index.js';
import { inOurWords } from '../../fields.js';
import { refusal } from '../drawing/refusals.js';
import { A1111Names } from '../lists/names.js';
import { nameIn } from '../options/options.service.js';

type Body = Record<string, unknown>;

const MEGA = 1_000_000;

const KERNELS: Readonly<Record<string, 'lanczos3' | 'nearest'>> = {
  Lanczos: 'lanczos3',
  Nearest: 'nearest',
};

const FACTORS = { least: 1, most: 8 };

/** What this server cannot do to a picture, each with a value that asks for nothing. */
const REFUSED = ['gfpgan_visibility', 'codeformer_visibility'];

interface Target {
  width: number;
  height: number;
  /** How many times larger the picture must become. */
  factor: number;
  crop: boolean;
}

function positive(body: Body, field: string, fallback: number): number {
  const value = body[field] ?? fallback;
  if (typeof value === 'number' && value > 0 && Number.isFinite(value)) return value;
  throw refusal(field, 'must be a number above 0');
}

function targetOf(body: Body, width: number, height: number): Target {
  if (body['resize_mode'] === 1) {
    const wanted = {
      width: Math.round(positive(body, 'upscaling_resize_w', 512)),
      height: Math.round(positive(body, 'upscaling_resize_h', 512)),
    };
    const factor = Math.max(wanted.width / width, wanted.height / height);
    return { ...wanted, factor, crop: body['upscaling_crop'] !== false };
  }
  const factor = positive(body, 'upscaling_resize', 2);
  if (factor < FACTORS.least || factor > FACTORS.most)
    throw refusal('upscaling_resize', `must be from ${FACTORS.least} to ${FACTORS.most}`);
  return {
    width: Math.round(width * factor),
    height: Math.round(height * factor),
    factor,
    crop: false,
  };
}

function check(body: Body): void {
  for (const field of REFUSED)
    if (body[field] !== undefined && body[field] !== null && body[field] !== 0)
      throw refusal(field, 'must be 0: there is no face restorer here');
  const second = nameIn(body, 'upscaler_2') ?? 'None';
  if (second !== 'None' && body['extras_upscaler_2_visibility'])
    throw refusal('upscaler_2', 'must be None: pictures are enlarged by one upscaler');
}

/** Enlarges pictures for clients that wait for them. */
@Injectable()
export class A1111Enlarging {
  constructor(
    private readonly generate: GenerateService,
    private readonly waiter: JobWaiter,
    private readonly outputs: OutputStore,
    private readonly names: A1111Names,
    private readonly work: ImageWork,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @returns PNG in base64. @throws ValidationError; ModelNotFoundError; JobFailedError */
  async enlarge(caller: Principal, body: Body, field: string, gone: AbortSignal): Promise<string> {
    check(body);
    const source = body[field];
    if (typeof source !== 'string') throw refusal(field, 'must be a picture in base64');
    const name = nameIn(body, 'upscaler_1') ?? 'None';
    const target = await this.work.run(
      caller.userId,
      async () => {
        const { width, height } = await readImageHeader(pictureBytes(source, field), field);
        return this.targetOf(body, field, { width, height });
      },
      gone,
    );
    const kernel = KERNELS[name];
    if (name === 'None' || kernel)
      return this.work.run(
        caller.userId,
        () => this.resampled(source, field, target, kernel),
        gone,
      );
    const large = await this.byModel(caller, { name, source, factor: target.factor }, gone);
    return this.work.run(caller.userId, () => this.fit(sharp(large), target, 'lanczos3'), gone);
  }

  private targetOf(body: Body, field: string, { width, height }: ImageSize): Target {
    const target = targetOf(body, width, height);
    const megapixels = (target.width * target.height) / MEGA;
    const { outputMegapixels } = this.config.images;
    if (megapixels > outputMegapixels)
      throw refusal(
        field,
        `would become ${target.width}x${target.height} pixels large (${megapixels.toFixed(1)} megapixels); an image may have ${outputMegapixels} megapixels`,
      );
    return target;
  }

  /** The picture as it is where no kernel is named. */
  private async resampled(
    source: string,
    field: string,
    target: Target,
    kernel: 'lanczos3' | 'nearest' | undefined,
  ): Promise<string> {
    const { data, width, height, channels } = await decodeImage(source, field, 'rgb');
    const picture = sharp(data, { raw: { width, height, channels } });
    if (kernel) return this.fit(picture, target, kernel);
    return (await picture.png().toBuffer()).toString('base64');
  }

  private async fit(
    picture: ReturnType<typeof sharp>,
    { width, height, crop }: Target,
    kernel: 'lanczos3' | 'nearest',
  ): Promise<string> {
    const fit = crop ? 'cover' : 'fill';
    const png = await picture.resize(width, height, { fit, kernel }).png().toBuffer();
    return png.toString('base64');
  }

  private async byModel(
    caller: Principal,
    { name, source, factor }: { name: string; source: string; factor: number },
    gone: AbortSignal,
  ): Promise<Buffer> {
    const model = await this.names.find(name, ['esrgan']);
    const wanted = Math.min(Math.max(factor, FACTORS.least), FACTORS.most);
    const options = { model_name: model.id, image: source, upscale_factor: wanted };
    const origin = { dialect: 'a1111', params: { upscaler_1: name, upscaling_resize: factor } };
    const names = { image: 'image', upscale_factor: 'upscaling_resize' };
    const id = await inOurWords(names, () =>
      this.generate.submit(caller, 'upscale', options, { origin }),
    );
    const job = await this.waiter.finished(caller, id, gone);
    const [output] = job.outputs;
    if (!output)
      throw new JobFailedError(
        job.error ?? { code: 'JOB_CANCELLED', message: 'Enlarging was interrupted.' },
      );
    return this.outputs.read(job.id, output.filename);
  }
}
