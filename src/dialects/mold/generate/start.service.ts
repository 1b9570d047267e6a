import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../auth/index.js';
import { ClientGoneError, ValidationError } from '../../../common/index.js';
import { JobEnds, JobWaiter, QueueService, type JobDetails } from '../../../queue/index.js';
import { batchIdOf } from '../batches/batch-body.js';
import type { BatchStatus } from '../batches/batch-status.js';
import { MoldBatches } from '../batches/batches.service.js';
import { idOf, MoldJobs } from '../queue/identity.js';
import { MoldDrawing } from './drawing.service.js';
import { MoldRequests, type MoldRequest } from './request.js';

/** What a client waits for. */
export interface Awaited {
  body: unknown;
  /** `X-Mold-Client-Batch-Id`. */
  clientBatchId: string | undefined;
  /** Aborted when the client has hung up. */
  gone: AbortSignal;
}

/** A job that somebody waits for. */
export interface Started {
  request: MoldRequest;
  id: string;
  /** What its client calls it. */
  name: string;
  /** The job at its end. */
  ended: Promise<JobDetails>;
}

/** @throws ValidationError */
function checkedId(said: string): string {
  const id = batchIdOf(said);
  if (id !== undefined) return id;
  const field = 'X-Mold-Client-Batch-Id';
  throw new ValidationError([{ field, message: `${field} must be a UUID.` }]);
}

/** Begins what clients wait for. */
@Injectable()
export class MoldStart {
  constructor(
    private readonly batches: MoldBatches,
    private readonly drawing: MoldDrawing,
    private readonly ends: JobEnds,
    private readonly jobs: MoldJobs,
    private readonly queue: QueueService,
    private readonly requests: MoldRequests,
    private readonly waiter: JobWaiter,
  ) {}

  /**
   * A client that gave its request an id can ask for it again, so that its job goes on without it; that of
   * any other is cancelled when it hangs up.
   * @returns how its batch is, where the id was used before.
   */
  async begin(caller: Principal, wanted: Awaited): Promise<Started | BatchStatus> {
    const { body, clientBatchId, gone } = wanted;
    if (clientBatchId !== undefined)
      return this.beginBatch(caller, wanted, checkedId(clientBatchId));
    const request = await this.requests.read(caller, body, gone);
    const id = await this.drawing.submit(caller, request);
    return { request, id, name: id, ended: this.waiter.finished(caller, id, gone) };
  }

  private async beginBatch(
    caller: Principal,
    { body, gone }: Awaited,
    batchId: string,
  ): Promise<Started | BatchStatus> {
    const { requests } = await this.batches.accept(caller, { id: batchId, bodies: [body] }, gone);
    const status = await this.batches.accepted(caller, batchId);
    const [request] = requests ?? [];
    const [child] = status.children;
    if (!request || !child) return status;
    const job = await this.jobs.find(caller, child.job_id);
    return { request, id: job.id, name: idOf(job), ended: this.ended(caller, job.id, gone) };
  }

  private async ended(caller: Principal, id: string, gone: AbortSignal): Promise<JobDetails> {
    if (!(await this.ends.wait(id, gone))) throw new ClientGoneError();
    return this.queue.job(caller, id);
  }
}
