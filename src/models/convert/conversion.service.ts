import { open, rm, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { JOB_PERMISSIONS, AuditService, type Principal } from '../../auth/index.js';
import { IMAGE_ENGINE, type ImageEngine } from '../../engine/index.js';
import { QueueService, type JobResult, type RunningJob } from '../../queue/index.js';
import { DiskRoom } from '../fetch/disk-room.js';
import type { StartOptions } from '../fetch/downloads.service.js';
import { ModelExistsError } from '../fetch/fetch.errors.js';
import { moveNew } from '../fetch/move-new.js';
import { unfinishedName } from '../fetch/unfinished-name.js';
import { ModelPlaces } from '../model-places.js';
import { ModelRegistry } from '../model-registry.js';
import { ConversionPlan } from './conversion-plan.js';
import type { ConversionRequest, WantedConversion } from './conversion-request.js';

const KIND = 'convert';

/** A conversion that was accepted. */
export interface StartedConversion {
  jobId: string;
  /** In the lane of the engine; null when it has begun. */
  position: number | null;
  /** Absolute. */
  outputPath: string;
  /** Below its models folder. */
  output: string;
}

/** Model files written in another weight type, by jobs of the engine. */
@Injectable()
export class ModelConversion implements OnModuleInit {
  private readonly logger = new Logger('Conversion');

  constructor(
    private readonly plan: ConversionPlan,
    private readonly places: ModelPlaces,
    private readonly room: DiskRoom,
    private readonly registry: ModelRegistry,
    private readonly queue: QueueService,
    private readonly audit: AuditService,
    @Inject(IMAGE_ENGINE) private readonly engine: ImageEngine,
  ) {}

  onModuleInit(): void {
    this.queue.handle(KIND, (job) => this.convert(job), {
      lane: 'engine',
      permissions: JOB_PERMISSIONS.modelFiles,
    });
  }

  /** The weight types that a model can be converted to, as the engine spells them. @throws EngineError */
  async weightTypes(): Promise<string[]> {
    return (await this.engine.facts()).conversionTypes;
  }

  /**
   * @throws ValidationError, ModelNotFoundError, ModelExistsError, ModelFolderError, DiskFullError,
   * EngineError, QueueFullError, TooManyJobsError
   */
  async start(
    principal: Principal,
    wanted: WantedConversion,
    { address, origin, label }: StartOptions = {},
  ): Promise<StartedConversion> {
    const request = await this.plan.of(wanted);
    const { output_path: outputPath, input_path: inputPath, output_type: type } = request;
    await this.checkFree(outputPath);
    await this.room.check(dirname(outputPath), request.estimate);
    const jobId = await this.queue.submit(principal, {
      kind: KIND,
      title: `Convert ${basename(inputPath)} to ${type}`,
      request,
      model: basename(inputPath),
      ...(origin && { origin }),
      ...(label && { label }),
    });
    const output = this.places.shown(outputPath);
    await this.audit.record({
      action: 'model.conversion_requested',
      actor: principal,
      target: { type: 'job', id: jobId, name: basename(inputPath) },
      details: { output, type },
      address,
    });
    const { position } = await this.queue.job(principal, jobId);
    return { jobId, position, outputPath, output };
  }

  private async checkFree(path: string): Promise<void> {
    const others = await this.queue.unfinished(KIND);
    const isTaken = others.some(
      ({ request }) => (request as ConversionRequest).output_path === path,
    );
    const isThere = await stat(path).then(
      () => true,
      () => false,
    );
    if (isTaken || isThere) throw new ModelExistsError(this.places.shown(path));
  }

  private async convert(job: RunningJob): Promise<JobResult> {
    const request = job.request as ConversionRequest;
    const { output_path: path, model_type: type, estimate } = request;
    const folder = dirname(path);
    await this.places.make(folder, type);
    await this.room.check(folder, estimate);
    // Of the job, so that another try after a crash finds what the first one left; not found by the scan.
    const unfinished = join(folder, unfinishedName(job.id, extname(path).toLowerCase()));
    try {
      await this.write(job, request, unfinished);
      await moveNew(unfinished, path);
    } catch (error) {
      await rm(unfinished, { force: true });
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      throw new ModelExistsError(this.places.shown(path));
    }
    this.logger.log(`Converted ${request.input_path} to ${path}`);
    await this.registry.refresh();
    return { outputs: [] };
  }

  private async write(
    job: RunningJob,
    request: ConversionRequest,
    outputPath: string,
  ): Promise<void> {
    await rm(outputPath, { force: true });
    job.report({ phase: 'converting', step: 0 });
    await this.engine.convert(
      {
        inputPath: request.input_path,
        outputPath,
        outputType: request.output_type,
        ...(request.vae_path !== null && { vaePath: request.vae_path }),
        ...(request.tensor_type_rules !== null && { tensorTypeRules: request.tensor_type_rules }),
      },
      {
        signal: job.signal,
        onProgress: ({ step, steps }) =>
          job.report({ phase: 'converting', step, totalSteps: steps }),
      },
    );
    const file = await open(outputPath, 'r');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  }
}
