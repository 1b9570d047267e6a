import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Principal } from '../../../auth/index.js';
import { toAppError } from '../../../common/index.js';
import { EventStreams, type ServerSentEvent } from '../../../connections/index.js';
import { Audience } from '../../../events/index.js';
import { completed } from '../../../queue/index.js';
import { MoldAnswers } from './answers.js';
import { MoldKeeping } from './keeping.js';
import { MoldProgress, progress } from './progress.js';
import { MoldStart, type Awaited, type Started } from './start.service.js';

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
    private readonly progress: MoldProgress,
    private readonly streams: EventStreams,
  ) {}

  /** Begins the job and sends the events; what is refused is thrown before the first of them. */
  async send(caller: Principal, wanted: Awaited, reply: FastifyReply): Promise<void> {
    this.streams.reserve(caller, reply);
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
      await this.streams.send(caller, reply, (gone) => this.events(told, gone));
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
      yield* this.progress.of(told, gone);
      const job = completed(await ended);
      yield { event: 'complete', data: await this.answers.whole(job, request.withRecipe) };
    } catch (error) {
      if (!gone.aborted) yield { event: 'error', data: { message: toAppError(error).message } };
    }
  }
}
