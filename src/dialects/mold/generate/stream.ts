import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Principal } from '../../../auth/index.js';
import {
  EVENT_STREAM_HEADERS,
  eventStream,
  toAppError,
  type ServerSentEvent,
} from '../../../common/index.js';
import { Audience, type JobUpdate } from '../../../events/index.js';
import { completed, JobFollower } from '../../../queue/index.js';
import { MoldAnswers } from './answers.js';
import { MoldKeeping } from './keeping.js';
import { pngOf, STAGES } from './stages.js';
import { MoldStart, type Awaited, type Started } from './start.service.js';

function progress(type: string, data: object): ServerSentEvent {
  return { event: 'progress', data: { type, ...data } };
}

async function previewOf(update: JobUpdate): Promise<ServerSentEvent | undefined> {
  if (update.preview === undefined) return undefined;
  const image = await pngOf(update.preview);
  return progress('preview', { image, step: update.current_step, total: update.total_steps });
}

/** A stage of a job that is being told of; milliseconds on a clock that never jumps. */
interface Stage {
  phase: JobUpdate['phase'];
  since: number;
  step: number;
}

function elapsed({ since }: Stage): number {
  return Math.round(performance.now() - since);
}

function endOf(stage: Stage | undefined): ServerSentEvent[] {
  const name = stage?.phase && STAGES[stage.phase];
  return stage && name ? [progress('stage_done', { name, elapsed_ms: elapsed(stage) })] : [];
}

/** A job that is told of in events. */
interface Told extends Started {
  caller: Principal;
}

/** Answers with events: how far the job is, and what was made. */
@Injectable()
export class MoldStream {
  constructor(
    private readonly start: MoldStart,
    private readonly answers: MoldAnswers,
    private readonly keeping: MoldKeeping,
    private readonly audience: Audience,
    private readonly follower: JobFollower,
  ) {}

  /** Begins the job and sends the events; what is refused is thrown before the first of them. */
  async send(caller: Principal, wanted: Awaited, reply: FastifyReply): Promise<void> {
    // From the beginning: previews are made only while somebody looks.
    const leave = this.audience.watch(caller.userId);
    try {
      const started = await this.start.begin(caller, wanted);
      if ('children' in started) {
        leave();
        await reply.send(started);
        return;
      }
      started.ended.then(leave, leave);
      this.keeping.answering(started.id, reply);
      const told = { caller, ...started };
      const events = eventStream((gone) => this.events(told, gone));
      await reply.headers(EVENT_STREAM_HEADERS).send(events);
    } catch (error) {
      leave();
      throw error;
    }
  }

  private async *events(told: Told, gone: AbortSignal): AsyncGenerator<ServerSentEvent, void> {
    const { request, ended } = told;
    try {
      if (request.expanded !== undefined)
        yield progress('info', { message: `The prompt is now: ${request.expanded}` });
      yield* this.progress(told, gone);
      const job = completed(await ended);
      yield { event: 'complete', data: await this.answers.whole(job, request.withRecipe) };
    } catch (error) {
      if (!gone.aborted) yield { event: 'error', data: { message: toAppError(error).message } };
    }
  }

  private async *progress(
    { caller, id, name }: Told,
    signal: AbortSignal,
  ): AsyncGenerator<ServerSentEvent, void> {
    let stage: Stage | undefined;
    let position: number | undefined;
    for await (const update of this.follower.follow(caller, id, { signal, previews: true })) {
      const place = update.position ?? 1;
      // The first event tells the id, by which its clients know the job.
      if (position === undefined || (update.status === 'queued' && place !== position)) {
        position = place;
        yield progress('queued', { position, id: name });
      }
      if (update.phase !== stage?.phase) {
        yield* endOf(stage);
        stage = { phase: update.phase, since: performance.now(), step: 0 };
        const begun = update.phase && STAGES[update.phase];
        if (begun) yield progress('stage_start', { name: begun });
      }
      if (stage && update.phase === 'sampling' && update.current_step > stage.step) {
        stage.step = update.current_step;
        const { current_step: step, total_steps: total } = update;
        yield progress('denoise_step', { step, total, elapsed_ms: elapsed(stage) });
      }
      const preview = await previewOf(update);
      if (preview) yield preview;
    }
    yield* endOf(stage);
  }
}
