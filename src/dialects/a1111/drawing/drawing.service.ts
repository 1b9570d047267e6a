import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../auth/index.js';
import { InvalidParametersError } from '../../../common/index.js';
import { Audience } from '../../../events/index.js';
import { GenerateService } from '../../../generate/index.js';
import { JobFailedError, JobWaiter, type JobDetails } from '../../../queue/index.js';
import { inOurWords, isObject } from '../../fields.js';
import { A1111Answers, type Drawn } from './answer.js';
import { A1111Requests, DEFAULTS, type A1111Request } from './request.js';

/** The tag under which a client's own id of its task is kept. */
const TASK = 'a1111.task';

function tagsOf(task: unknown): { tags?: Record<string, string> } {
  return typeof task === 'string' && task !== '' ? { tags: { [TASK]: task } } : {};
}

/** Draws while its client waits: the ordinary job, and its pictures when it has ended. */
@Injectable()
export class A1111Drawing {
  constructor(
    private readonly generate: GenerateService,
    private readonly requests: A1111Requests,
    private readonly waiter: JobWaiter,
    private readonly answers: A1111Answers,
    private readonly audience: Audience,
  ) {}

  /** @param gone aborted when the client has hung up, which cancels the job */
  async draw(
    caller: Principal,
    route: 'txt2img' | 'img2img',
    body: unknown,
    gone: AbortSignal,
  ): Promise<Drawn> {
    if (!isObject(body)) throw new InvalidParametersError('The body must be a JSON object.');
    const request = await this.requests[route](caller, body);
    // Before the job begins: previews are made for those only who will look at them.
    const leave = this.audience.watch(caller.userId);
    try {
      const job = await this.finished(caller, request, body['force_task_id'], gone);
      if (job.status === 'failed' && job.error) throw new JobFailedError(job.error);
      return await this.answers.of(job, request);
    } finally {
      leave();
    }
  }

  private async finished(
    caller: Principal,
    { kind, options, names, told }: A1111Request,
    task: unknown,
    gone: AbortSignal,
  ): Promise<JobDetails> {
    const origin = { dialect: 'a1111', params: told, ...tagsOf(task) };
    const submission = { origin, defaults: DEFAULTS };
    const id = await inOurWords(names, () =>
      this.generate.submit(caller, kind, { prompt: '', ...options }, submission),
    );
    return this.waiter.finished(caller, id, gone);
  }
}
