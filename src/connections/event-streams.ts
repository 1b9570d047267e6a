import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { AppError } from '../common/index.js';
import {
  EVENT_STREAM_HEADERS,
  eventStream,
  type EventSource,
  type ServerSentEvent,
} from './event-stream.js';
import { ServerStoppingError, Shutdown } from './shutdown.js';

/** Milliseconds that a source has at the end of the server for its own last events. */
const LAST_EVENTS_MS = 200;

export interface EventStreamOptions {
  /** The event that says why the stream ends before its source does; default: a comment. */
  errorEvent?: (error: AppError) => ServerSentEvent;
}

/** Every answer that is a stream of events: none outlives the server, each ends with a reason. */
@Injectable()
export class EventStreams {
  constructor(private readonly shutdown: Shutdown) {}

  /**
   * Sends what the source gives until that ends, the client goes or the server stops.
   * @param source should not throw: the connection is cut then
   * @throws ServerStoppingError
   */
  async send(
    reply: FastifyReply,
    source: EventSource,
    { errorEvent }: EventStreamOptions = {},
  ): Promise<void> {
    this.shutdown.assertRunning();
    const stream = eventStream(source);
    const stop = this.shutdown.onDrained(() => {
      const error = new ServerStoppingError();
      setTimeout(() => stream.finish(error.message, errorEvent?.(error)), LAST_EVENTS_MS).unref();
    });
    stream.once('close', stop);
    // The answer to HEAD has no body: nobody reads the stream, and nobody ends it.
    reply.raw.once('close', () => stream.destroy());
    await reply.headers(EVENT_STREAM_HEADERS).send(stream);
  }
}
