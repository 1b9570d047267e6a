import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Milliseconds between two looks at what is still in progress. */
const LOOK_MS = 20;

/** Listeners on one answer before Node warns of a leak. */
const MOST_LISTENERS = 50;

interface Exchange {
  request: FastifyRequest;
  reply: FastifyReply;
}

/** The requests that have not been answered to their end. */
@Injectable()
export class RequestsInProgress {
  private readonly exchanges = new Set<Exchange>();

  /** To be called with every request as soon as it is known. */
  add(request: FastifyRequest, reply: FastifyReply): void {
    const exchange = { request, reply };
    // Limits, streams and waiting each want to know when an answer ends; so many listeners are no leak.
    reply.raw.setMaxListeners(MOST_LISTENERS);
    this.exchanges.add(exchange);
    reply.raw.once('close', () => this.exchanges.delete(exchange));
  }

  /** Method and declared path of each, such as `GET /api/queue/job/:id`. */
  get routes(): string[] {
    return [...this.exchanges].map(
      ({ request }) => `${request.method} ${request.routeOptions.url ?? 'unknown route'}`,
    );
  }

  /** Those for which no answer has begun. */
  get unanswered(): Exchange[] {
    return [...this.exchanges].filter(({ reply }) => !reply.sent && !reply.raw.destroyed);
  }

  /** Waits until every answer has begun, this many milliseconds at most. */
  answered(limitMs: number): Promise<void> {
    return settled(() => this.unanswered.length === 0, limitMs);
  }

  /** Waits until every answer has been sent, this many milliseconds at most. */
  ended(limitMs: number): Promise<void> {
    return settled(() => this.exchanges.size === 0, limitMs);
  }
}

async function settled(isSettled: () => boolean, limitMs: number): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!isSettled() && performance.now() < deadline) await pause(LOOK_MS);
}
