import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../auth/index.js';
import { ImageWork, OutputStore, pictureBytes, readImageHeader } from '../../../files/index.js';
import { GenerateService } from '../../../generate/index.js';
import { completed, JobWaiter, type JobDetails } from '../../../queue/index.js';
import { inOurWords } from '../../fields.js';
import { MoldNames } from '../models/names.js';
import type { MoldUpscaleDto } from './upscale.dto.js';

/** What this API calls the core's options. */
const NAMES = { image: 'image', model_name: 'model', tile_size: 'tile_size' };

/** A picture that is being enlarged. */
export interface Enlarging {
  id: string;
  /** Name of the upscaler. */
  model: string;
  /** Pixels. */
  width: number;
  height: number;
  /** The job at its end. */
  ended: Promise<JobDetails>;
}

/** The larger picture, and what is said of it. */
export interface Enlarged {
  data: Buffer;
  contentType: string;
  format: string;
  width: number;
  height: number;
  facts: {
    model: string;
    scale_factor: number;
    original_width: number;
    original_height: number;
    upscale_time_ms: number;
  };
}

/** Enlarges pictures for clients that wait for them. */
@Injectable()
export class MoldEnlarging {
  constructor(
    private readonly generate: GenerateService,
    private readonly names: MoldNames,
    private readonly outputs: OutputStore,
    private readonly waiter: JobWaiter,
    private readonly work: ImageWork,
  ) {}

  /** @throws ValidationError, ModelNotFoundError, and whatever the core refuses */
  async begin(
    caller: Principal,
    { image, model: name = '', output_format: format, tile_size: tileSize }: MoldUpscaleDto,
    gone: AbortSignal,
  ): Promise<Enlarging> {
    const { width, height } = await this.work.run(
      caller.userId,
      () => readImageHeader(pictureBytes(image, 'image'), 'image'),
      gone,
    );
    const model = await this.names.upscaler(name);
    const options = {
      model_name: model.id,
      image,
      ...(format === undefined ? {} : { output_format: format }),
      ...(tileSize === undefined ? {} : { tile_size: tileSize }),
    };
    const origin = { dialect: 'mold', params: { model: name } };
    const id = await inOurWords(NAMES, () =>
      this.generate.submit(caller, 'upscale', options, { origin }),
    );
    const ended = this.waiter.finished(caller, id, gone);
    // A client that hangs up may leave nobody who waits for it.
    ended.catch(() => undefined);
    return { id, model: name || model.name, width, height, ended };
  }

  /** @throws JobFailedError, JobCancelledError */
  async end({ id, model, width, height, ended }: Enlarging): Promise<Enlarged> {
    const { outputs, time_elapsed } = completed(await ended);
    const [output] = outputs;
    if (!output) throw new Error(`Job ${id} has completed without a picture.`);
    return {
      data: await this.outputs.read(id, output.filename),
      contentType: output.content_type,
      format: output.content_type.replace(/^\w+\//, ''),
      width: output.width,
      height: output.height,
      facts: {
        model,
        scale_factor: Math.round(output.width / width),
        original_width: width,
        original_height: height,
        upscale_time_ms: time_elapsed,
      },
    };
  }
}
