import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { JOB_PERMISSIONS } from '../../auth/index.js';
import { IMAGE_ENGINE, type ImageEngine } from '../../engine/index.js';
import { ModelsService } from '../../models/index.js';
import { QueueService, type JobResult, type RunningJob } from '../../queue/index.js';
import { RequestParts } from '../request-parts.js';
import { PROBE, UpscalerFactors } from '../upscaler-factors.js';
import type { LoadRequest } from './choice.js';
import { LOAD_KIND } from './model-choices.js';

/** Makes chosen models ready, each in its owner's turn. */
@Injectable()
export class LoadJobs implements OnModuleInit {
  constructor(
    private readonly queue: QueueService,
    private readonly models: ModelsService,
    private readonly parts: RequestParts,
    private readonly factors: UpscalerFactors,
    @Inject(IMAGE_ENGINE) private readonly engine: ImageEngine,
  ) {}

  onModuleInit(): void {
    this.queue.handle(LOAD_KIND, (job) => this.run(job), {
      permissions: JOB_PERMISSIONS.generation,
    });
  }

  private async run(job: RunningJob): Promise<JobResult> {
    const { model: chosen, what, options } = job.request as LoadRequest;
    const model = await this.models.findAny(chosen.id);
    const way = await this.parts.toWay(options, model);
    job.report({ phase: 'loading' });
    const watch = {
      signal: job.signal,
      onProgress: ({ phase, step, steps }: { phase: string; step: number; steps: number }) => {
        if (phase === 'loading') job.report({ step, totalSteps: steps });
      },
    };
    await this.models.use({ model, ...way }, watch, async ({ key }) => {
      if (what === 'enlarging')
        this.factors.learn(model, PROBE, await this.engine.upscale(key, PROBE, watch));
    });
    return { outputs: [] };
  }
}
