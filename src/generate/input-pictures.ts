import { Injectable } from '@nestjs/common';
import type { Principal } from '../auth/index.js';
import { ValidationError } from '../common/index.js';
import type { RawImage } from '../engine/index.js';
import {
  checkImage,
  decodeImage,
  ImageWork,
  OutputStore,
  pictureBytes,
  readImageHeader,
  UploadStore,
  type DecodedSize,
} from '../files/index.js';
import { QueueService, type Upload } from '../queue/index.js';
import {
  valuesOf,
  type GenerationRequest,
  type OptionValue,
  type OptionValues,
} from './generation-request.js';
import type { ImageSize } from './image-limits.js';
import type { GenerationKind, PictureOption } from './options/index.js';

/**
 * What belongs to an earlier job: `job:<job id>/<filename>` an output, `job:<job id>/<option>` a picture that
 * went into it, with `/<n>` behind it the n-th of a list, from 0.
 */
const OF_JOB = /^job:([0-9a-f-]{36})\/([\w.-]{1,128})(?:\/(\d{1,3}))?$/;

/**
 * How many pixels of references the engine is given, each and together. Models look at them in about one
 * megapixel; three of four megapixels took 8 GB, because attention takes memory by the square.
 */
const REFERENCE_PIXELS = { each: 2 ** 20, together: 2 ** 22 };

/** An image of a request before it is decoded. */
export interface InputImage extends ImageSize {
  /** The option that it came in. */
  field: string;
}

/** Options whose images are uploads, and those uploads. */
export interface TakenImages {
  options: OptionValues;
  uploads: Upload[];
}

/** In what size the engine needs an image. */
function decodedSize(
  kind: GenerationKind,
  options: OptionValues,
  option: PictureOption,
  count: number,
): DecodedSize | undefined {
  // The engine brings all that guides a video to the size of the video, and keeps a copy for each frame.
  if (kind === 'text2video')
    return { width: Number(options['width']), height: Number(options['height']) };
  if (option.type !== 'pictures') return undefined;
  const { each, together } = REFERENCE_PIXELS;
  return { pixels: Math.min(each, Math.floor(together / Math.max(count, 1))) };
}

function listOf(value: OptionValue): string[] {
  return typeof value === 'string' ? [value] : (value as string[]);
}

/** The upload that was given to a job as this option. */
function uploadOf(request: unknown, name: string, index: number): string | undefined {
  const { options = {} } = (request ?? {}) as Partial<GenerationRequest>;
  const [found] = valuesOf(options, 'picture', 'pictures').filter((one) => one.name === name);
  return found && listOf(found.value)[index];
}

/** The pictures that come in with requests: taken in when a job is submitted, handed out when it runs. */
@Injectable()
export class InputPictures {
  constructor(
    private readonly uploads: UploadStore,
    private readonly outputs: OutputStore,
    private readonly queue: QueueService,
    private readonly work: ImageWork,
  ) {}

  /**
   * Takes in the images of a request and puts the ids of their uploads in their places. First the headers of
   * all are read, so that nothing is decoded of a request that brings too much; then each image is decoded
   * once, one after the other, to see that it is whole.
   * @throws ValidationError naming the field; TooManyRequestsError, ServerBusyError
   */
  takeIn(
    principal: Principal,
    given: OptionValues,
    check: (images: readonly InputImage[]) => void,
  ): Promise<TakenImages> {
    const sources = valuesOf(given, 'picture', 'pictures');
    if (sources.length === 0) {
      check([]);
      return Promise.resolve({ options: given, uploads: [] });
    }
    return this.work.run(principal.userId, async () => {
      check(await this.headers(principal, sources));
      const options: Record<string, OptionValue> = { ...given };
      const uploads: Upload[] = [];
      for (const { name, option, value } of sources) {
        const kept: string[] = [];
        for (const source of listOf(value)) {
          const bytes = await this.bytesOf(principal, name, source);
          await checkImage(bytes, name);
          kept.push(await this.uploads.keep(bytes));
          uploads.push({ id: kept.at(-1) ?? '', bytes: bytes.length });
        }
        options[name] = option.type === 'picture' ? (kept[0] ?? '') : kept;
      }
      return { options, uploads };
    });
  }

  /** The pixels of every input image, by the name of its option; decoded one after the other. */
  async handOut(
    kind: GenerationKind,
    options: OptionValues,
  ): Promise<Array<{ name: string; pixels: RawImage | RawImage[] }>> {
    const images: Array<{ name: string; pixels: RawImage | RawImage[] }> = [];
    for (const { name, option, value } of valuesOf(options, 'picture', 'pictures')) {
      const ids = listOf(value);
      const size = decodedSize(kind, options, option, ids.length);
      const decoded: RawImage[] = [];
      for (const id of ids)
        decoded.push(await decodeImage(await this.uploads.read(id), name, option.want, size));
      const [first] = decoded;
      images.push({ name, pixels: option.type === 'picture' && first ? first : decoded });
    }
    return images;
  }

  /** The pixels of a picture that is only looked at. @throws ValidationError naming the field. */
  async lookAt(principal: Principal, field: string, source: string): Promise<RawImage> {
    return decodeImage(await this.bytesOf(principal, field, source), field, 'rgb');
  }

  /** The sizes of the images; of each only the header is read, and its bytes are forgotten again. */
  private async headers(
    principal: Principal,
    sources: ReadonlyArray<{ name: string; value: OptionValue }>,
  ): Promise<InputImage[]> {
    const images: InputImage[] = [];
    for (const { name, value } of sources) {
      for (const source of listOf(value)) {
        const { width, height } = await readImageHeader(
          await this.bytesOf(principal, name, source),
          name,
        );
        images.push({ field: name, width, height });
      }
    }
    return images;
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
