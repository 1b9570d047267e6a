import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Principal } from '../../../auth/index.js';
import { hangUpOf, toAppError, unixSeconds } from '../../../common/index.js';
import { EventStreams, type ServerSentEvent } from '../../../connections/index.js';
import { Audience } from '../../../events/index.js';
import { decodeImage, encodePicture, type PictureFormat } from '../../../files/index.js';
import {
  completed,
  JobFollower,
  JobWaiter,
  QueueService,
  type JobDetails,
} from '../../../queue/index.js';
import { OPENAI_ERRORS } from '../errors.js';
import { mannerOf, NO_USAGE, OpenaiAnswers, type Manner } from './answers.js';
import type { ImagesRequest } from './request.js';

/** What the names of the events begin with. */
export type EventFamily = 'image_generation' | 'image_edit';

/** A job that is told of in events. */
interface Told {
  caller: Principal;
  id: string;
  request: ImagesRequest;
  family: EventFamily;
  ended: Promise<JobDetails>;
}

function eventOf(type: string, data: object): ServerSentEvent {
  return { event: type, data: { type, ...data } };
}

function errorEvent(error: unknown): ServerSentEvent {
  const { body } = OPENAI_ERRORS.reply(toAppError(error), '', new Date());
  return { event: 'error', data: body };
}

/** What will be told of the finished pictures, as far as it is settled before they are there. */
function expectedManner(job: JobDetails, quality: string): Manner {
  const { options } = job.parameters as { options: Record<string, unknown> };
  const { width, height, output_format: format } = options;
  const content_type = `image/${String(format)}`;
  const sides = { width: Number(width), height: Number(height) };
  return mannerOf({ ...sides, content_type }, quality);
}

/** Answers with events: pictures in the making, then those that were made. */
@Injectable()
export class OpenaiStream {
  constructor(
    private readonly answers: OpenaiAnswers,
    private readonly audience: Audience,
    private readonly follower: JobFollower,
    private readonly queue: QueueService,
    private readonly streams: EventStreams,
    private readonly waiter: JobWaiter,
  ) {}

  /** Submits the job and sends the events; what is refused is thrown before the first of them. */
  async send(
    caller: Principal,
    { request, family }: Pick<Told, 'request' | 'family'>,
    submit: () => Promise<string>,
    reply: FastifyReply,
  ): Promise<void> {
    this.streams.reserve(caller, reply);
    // From the beginning: previews are made only while somebody looks.
    const leave = request.partials > 0 ? this.audience.watch(caller.userId) : (): void => undefined;
    try {
      const id = await submit();
      const ended = this.waiter.finished(caller, id, hangUpOf(reply.raw));
      ended.then(leave, leave);
      const told = { caller, id, request, family, ended };
      await this.streams.send(caller, reply, (gone) => this.events(told, gone));
    } catch (error) {
      leave();
      throw error;
    }
  }

  private async *events(told: Told, gone: AbortSignal): AsyncGenerator<ServerSentEvent, void> {
    try {
      if (told.request.partials > 0) yield* this.partials(told, gone);
      const job = completed(await told.ended);
      for (const output of job.outputs)
        yield eventOf(`${told.family}.completed`, {
          b64_json: await this.answers.base64(job, output),
          created_at: job.end_time ?? unixSeconds(new Date()),
          ...mannerOf(output, told.request.quality),
          usage: NO_USAGE,
        });
    } catch (error) {
      if (!gone.aborted) yield errorEvent(error);
    }
  }

  /** As many as were asked for, spread over the time that the job takes. */
  private async *partials(
    { caller, id, request, family }: Told,
    signal: AbortSignal,
  ): AsyncGenerator<ServerSentEvent, void> {
    const { partials, quality } = request;
    const manner = expectedManner(await this.queue.job(caller, id), quality);
    let shown = 0;
    for await (const update of this.follower.follow(caller, id, { signal, previews: true })) {
      if (shown === partials) return;
      const { preview, progress } = update;
      if (preview === undefined || progress < shown / (partials + 1)) continue;
      const pixels = await decodeImage(preview, 'preview', 'rgb');
      const format = manner.output_format as PictureFormat;
      const { data } = await encodePicture(pixels, {}, { format });
      yield eventOf(`${family}.partial_image`, {
        b64_json: data.toString('base64'),
        partial_image_index: shown,
        created_at: unixSeconds(new Date()),
        ...manner,
      });
      shown += 1;
    }
  }
}
