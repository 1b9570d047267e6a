import { Readable } from 'node:stream';
import { messageOf } from '../common/index.js';

/** A server-sent event (HTML standard, "Server-sent events"). */
export interface ServerSentEvent {
  /** Its name; `message` where there is none. */
  event?: string;
  /** Becomes JSON. */
  data: unknown;
  /** What the client shows as `Last-Event-ID` when it comes again. */
  id?: string;
}

/** Milliseconds; proxies give up connections on which nothing is said, many after a minute. */
export const KEEP_ALIVE_MS = 15_000;

/** Headers of an answer that is a stream of events: nobody may keep it, or hold pieces of it back. */
export const EVENT_STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff',
} as const;

function frameOf({ event, data, id }: ServerSentEvent): string {
  const lines = [
    ...(event === undefined ? [] : [`event: ${event}`]),
    ...(id === undefined ? [] : [`id: ${id}`]),
    `data: ${JSON.stringify(data)}`,
  ];
  return `${lines.join('\n')}\n\n`;
}

/** Gives the events of a stream; the signal is aborted when nobody reads any more. */
export type EventSource = (gone: AbortSignal) => AsyncIterable<ServerSentEvent>;

/** All of an event in one piece, because some clients read each piece for itself. */
export class EventStream extends Readable {
  private readonly gone = new AbortController();
  private readonly events: AsyncIterator<ServerSentEvent>;
  private readonly timer: NodeJS.Timeout;
  private pulling = false;
  /** Nothing may be pushed after the end. */
  private ending = false;

  constructor(source: EventSource, keepAliveMs: number) {
    super();
    this.events = source(this.gone.signal)[Symbol.asyncIterator]();
    this.timer = setInterval(() => this.keepAlive(), keepAliveMs);
  }

  /** Ends before the source does: with this event, or the reason as a comment. */
  finish(reason: string, event?: ServerSentEvent): void {
    if (this.destroyed || this.readableEnded || this.ending) return;
    this.ending = true;
    this.push(event ? frameOf(event) : `: ${reason}\n\n`);
    this.push(null);
  }

  override _read(): void {
    if (this.pulling) return;
    this.pulling = true;
    void this.pull();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    clearInterval(this.timer);
    this.gone.abort();
    // It ends by itself, soon: what it waits for was aborted.
    void Promise.resolve(this.events.return?.()).catch(() => undefined);
    callback(error);
  }

  private async pull(): Promise<void> {
    try {
      const { done, value } = await this.events.next();
      this.pulling = false;
      if (this.destroyed || this.ending) return;
      this.timer.refresh();
      this.ending = done === true;
      this.push(done ? null : frameOf(value));
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error(messageOf(error)));
    }
  }

  private keepAlive(): void {
    if (this.readableLength === 0 && !this.ending) this.push(': still here\n\n');
  }
}

/**
 * A body of server-sent events, with a comment now and then while nothing happens. The source is told when
 * nobody reads any more; it should not throw, because then the connection is cut without a word.
 */
export function eventStream(source: EventSource, keepAliveMs = KEEP_ALIVE_MS): EventStream {
  return new EventStream(source, keepAliveMs);
}
