import { Injectable } from '@nestjs/common';
import { ValidationError } from '../common/index.js';
import { QueueService, type Lesson } from '../queue/index.js';
import { costOf, pixelsOf } from './cost.js';
import { GenerateService } from './generate.service.js';
import { textOf, type GenerationRequest } from './generation-request.js';
import { median } from './median.js';
import { memoryFrom } from './memory-lessons.js';
import type { GenerationKind } from './options/index.js';
import { readOptions, withDefaults } from './read-options.js';

/** How many finished jobs are learnt from. */
const LESSONS = 50;

export interface Estimate {
  /** Milliseconds of work; null while no job of this kind has been finished here. */
  time_ms: number | null;
  /** Finished jobs that the time was learnt from. */
  based_on: number;
  /** Bytes that the engine's process takes at its peak; of the model's files while nothing better is known. */
  memory_bytes: number;
  /** Finished jobs of this model that the memory was learnt from; 0: it is the size of the files. */
  memory_based_on: number;
  /** Bytes on the engine's devices at the peak; null where none were measured. */
  device_memory_bytes: number | null;
  /** Megapixel-steps. */
  cost: number;
}

/** A finished job in the words of this room. */
interface FinishedJob extends Lesson {
  request: GenerationRequest;
}

/** Learns from this machine's finished jobs how long the next one will take, and how much memory. */
@Injectable()
export class EstimateService {
  constructor(
    private readonly generate: GenerateService,
    private readonly queue: QueueService,
  ) {}

  /** @throws ValidationError, ModelNotFoundError */
  async estimate(kind: GenerationKind, body: Record<string, unknown>): Promise<Estimate> {
    const { given, problems } = readOptions(kind, body, await this.generate.context());
    if (problems.length > 0) throw new ValidationError(problems);
    const model = await this.generate.model(kind, textOf(given, 'model_name'));
    const options = withDefaults(kind, given, model.recommended);
    const finished = (await this.queue.lessons(kind, LESSONS)) as FinishedJob[];
    const ofModel = finished.filter(({ request }) => request.model.id === model.id);
    return {
      ...timeOf(ofModel.length > 0 ? ofModel : finished, costOf(kind, options)),
      ...memoryOf(ofModel, pixelsOf(kind, options), model.size),
      cost: costOf(kind, options),
    };
  }
}

function timeOf(finished: FinishedJob[], cost: number): Pick<Estimate, 'time_ms' | 'based_on'> {
  const paces = finished.map(
    ({ request, milliseconds }) => milliseconds / costOf(request.kind, request.options),
  );
  return {
    time_ms: paces.length > 0 ? Math.round(median(paces) * cost) : null,
    based_on: paces.length,
  };
}

function memoryOf(
  finished: FinishedJob[],
  pixels: number,
  files: number,
): Pick<Estimate, 'memory_bytes' | 'memory_based_on' | 'device_memory_bytes'> {
  const lessons = finished.flatMap(({ request, memory }) =>
    memory ? [{ pixels: pixelsOf(request.kind, request.options), ...memory }] : [],
  );
  const inRam = lessons.map(({ pixels: size, ram }) => ({ pixels: size, bytes: ram }));
  const onDevice = lessons.flatMap(({ pixels: size, device }) =>
    device === null ? [] : [{ pixels: size, bytes: device }],
  );
  return {
    memory_bytes: memoryFrom(inRam, pixels, files),
    memory_based_on: inRam.length,
    device_memory_bytes: onDevice.length > 0 ? memoryFrom(onDevice, pixels, files) : null,
  };
}
