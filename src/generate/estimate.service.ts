import { Injectable } from '@nestjs/common';
import { ValidationError } from '../common/index.js';
import { QueueService } from '../queue/index.js';
import { costOf } from './cost.js';
import { GenerateService } from './generate.service.js';
import { textOf, type GenerationRequest } from './generation-request.js';
import type { GenerationKind } from './options/index.js';
import { readOptions, withDefaults } from './read-options.js';

/** How many finished jobs are learnt from. */
const LESSONS = 50;

export interface Estimate {
  /** Milliseconds of work; null while no job of this kind has been finished here. */
  time_ms: number | null;
  /** Finished jobs that this was learnt from. */
  based_on: number;
  /** Bytes of the model's files, which is near what it takes in memory. */
  memory_bytes: number;
  /** Megapixel-steps. */
  cost: number;
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Learns from this machine's finished jobs how long the next one will take. */
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
    const cost = costOf(kind, options);
    const paces = await this.paces(kind, model.id);
    return {
      time_ms: paces.length > 0 ? Math.round(median(paces) * cost) : null,
      based_on: paces.length,
      memory_bytes: model.size,
      cost,
    };
  }

  /** Milliseconds a unit of cost of the newest jobs: of this model, else of this kind. */
  private async paces(kind: GenerationKind, modelId: string): Promise<number[]> {
    const lessons = await this.queue.lessons(kind, LESSONS);
    const known = lessons.map(({ request, milliseconds }) => {
      const { model, options } = request as GenerationRequest;
      return { model: model.id, pace: milliseconds / costOf(kind, options) };
    });
    const same = known.filter(({ model }) => model === modelId);
    return (same.length > 0 ? same : known).map(({ pace }) => pace);
  }
}
