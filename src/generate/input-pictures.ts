import { Injectable } from '@nestjs/common';
import type { Principal } from '../auth/index.js';
import { ValidationError } from '../common/index.js';
import type { RawImage } from '../engine/index.js';
import { decodeImage, OutputStore, pictureBytes, UploadStore } from '../files/index.js';
import { QueueService } from '../queue/index.js';
import {
  valuesOf,
  type GenerationRequest,
  type OptionValue,
  type OptionValues,
} from './generation-request.js';
import type { PictureOption } from './options/index.js';

/**
 * What belongs to an earlier job: `job:<job id>/<filename>` an output, `job:<job id>/<option>` a picture that
 * went into it, with `/<n>` behind it the n-th of a list, from 0.
 */
const OF_JOB = /^job:([0-9a-f-]{36})\/([\w.-]{1,128})(?:\/(\d{1,3}))?$/;

function ids(value: OptionValue): string[] {
  return typeof value === 'string' ? [value] : (value as string[]);
}

/** The upload that was given to a job as this option. */
function uploadOf(request: unknown, name: string, index: number): string | undefined {
  const { options = {} } = (request ?? {}) as Partial<GenerationRequest>;
  const [found] = valuesOf(options, 'picture', 'pictures').filter((one) => one.name === name);
  return found && ids(found.value)[index];
}

/** The pictures that come in with requests: taken in when a job is submitted, handed out when it runs. */
@Injectable()
export class InputPictures {
  constructor(
    private readonly uploads: UploadStore,
    private readonly outputs: OutputStore,
    private readonly queue: QueueService,
  ) {}

  /**
   * Decodes every input picture once to see that it is one, keeps its bytes, and puts the id of the
   * upload in its place.
   * @throws ValidationError naming the field.
   */
  async takeIn(principal: Principal, given: OptionValues): Promise<OptionValues> {
    const taken: Record<string, OptionValue> = { ...given };
    for (const { name, option, value } of valuesOf(given, 'picture', 'pictures')) {
      const sources = ids(value);
      const kept: string[] = [];
      for (const source of sources) kept.push(await this.keep(principal, name, option, source));
      taken[name] = option.type === 'picture' ? (kept[0] ?? '') : kept;
    }
    return taken;
  }

  /** Ids of every upload that the options name. */
  uploadsOf(options: OptionValues): string[] {
    return valuesOf(options, 'picture', 'pictures').flatMap(({ value }) => ids(value));
  }

  /** The pixels of every input picture, by the name of its option. */
  async handOut(
    options: OptionValues,
  ): Promise<Array<{ name: string; pixels: RawImage | RawImage[] }>> {
    return Promise.all(
      valuesOf(options, 'picture', 'pictures').map(async ({ name, option, value }) => {
        const decoded = await Promise.all(ids(value).map((id) => this.decode(name, option, id)));
        const [first] = decoded;
        return { name, pixels: option.type === 'picture' && first ? first : decoded };
      }),
    );
  }

  /** The pixels of a picture that is only looked at. @throws ValidationError naming the field. */
  async lookAt(principal: Principal, field: string, source: string): Promise<RawImage> {
    return decodeImage(await this.bytesOf(principal, field, source), field, 'rgb');
  }

  private async decode(name: string, option: PictureOption, id: string): Promise<RawImage> {
    return decodeImage(await this.uploads.read(id), name, option.want);
  }

  private async keep(
    principal: Principal,
    name: string,
    option: PictureOption,
    source: string,
  ): Promise<string> {
    const bytes = await this.bytesOf(principal, name, source);
    await decodeImage(bytes, name, option.want);
    return this.uploads.keep(bytes);
  }

  private async bytesOf(principal: Principal, field: string, source: string): Promise<Buffer> {
    const [, jobId, name = '', index] = OF_JOB.exec(source) ?? [];
    if (jobId === undefined) return pictureBytes(source, field);
    try {
      const { parameters } = await this.queue.job(principal, jobId);
      const upload = uploadOf(parameters, name, Number(index ?? 0));
      if (upload !== undefined) return await this.uploads.read(upload);
      return await this.outputs.read(jobId, name);
    } catch {
      throw new ValidationError([
        { field, message: `${field} names no picture of a job of yours: ${source}.` },
      ]);
    }
  }
}
