import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { AppError } from '../common/index.js';
import { CONFIG, type Config } from '../config/index.js';
import {
  EVENT_STREAM_HEADERS,
  eventStream,
  KEEP_ALIVE_MS,
  type EventSource,
  type ServerSentEvent,
} from './event-stream.js';
import { ServerStoppingError, Shutdown } from './shutdown.js';
import { StreamLimiter } from './stream-limiter.js';

/** Milliseconds that a source has at the end of the server for its own last events. */
const LAST_EVENTS_MS = 200;

export interface EventStreamOptions {
  /** The event that says why the stream ends before its source does; default: a comment. */
  errorEvent?: (error: AppError) => ServerSentEvent;
}

/** Who an event stream is for. */
interface StreamCaller {
  userId: string;
}

/**
 * Every answer that is a stream of events: bounded for each user and address, cut where its client does not
 * read, and ended with a reason when the server stops.
 */
@Injectable()
export class EventStreams {
  private readonly reserved = new WeakSet<FastifyReply>();

  constructor(
    private readonly shutdown: Shutdown,
    private readonly limiter: StreamLimiter,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Takes the place of a stream until the answer has ended. To be called before any work is begun for it.
   * @throws TooManyStreamsError, ServerStoppingError
   */
  reserve({ userId }: StreamCaller, reply: FastifyReply): void {
    if (this.reserved.has(reply)) return;
    this.shutdown.assertRunning();
    // Undefined on a Unix socket, whatever the type says.
    const address = (reply.request.ip as string | undefined) ?? '';
    const release = this.limiter.takeStream(userId, address);
    this.reserved.add(reply);
    reply.raw.once('close', release);
  }

  /**
   * Sends what the source gives until that ends, the client goes or the server stops.
   * @param source should not throw: the connection is cut then
   * @throws TooManyStreamsError, ServerStoppingError
   */
  async send(
    caller: StreamCaller,
    reply: FastifyReply,
    source: EventSource,
    { errorEvent }: EventStreamOptions = {},
  ): Promise<void> {
    this.reserve(caller, reply);
    const stallMs = this.config.connections.stallSeconds * 1000;
    const stream = eventStream(source, Math.min(KEEP_ALIVE_MS, stallMs / 3));
    const stay = this.shutdown.onDrained(() => {
      const error = new ServerStoppingError();
      setTimeout(() => stream.finish(error.message, errorEvent?.(error)), LAST_EVENTS_MS).unref();
    });
    stream.once('close', stay);
    // The answer to HEAD has no body: nobody reads the stream, and nobody ends it.
    reply.raw.once('close', () => stream.destroy());
    // Of what was written, nothing was sent for so long. While all is sent, comments now and then keep it
    // from running out.
    reply.raw.setTimeout(stallMs, () => reply.raw.destroy());
    await reply.headers(EVENT_STREAM_HEADERS).send(stream);
  }
}
