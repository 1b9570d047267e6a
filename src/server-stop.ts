import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';
import { constants } from 'node:os';
import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { sendError } from './common/index.js';
import type { Config } from './config/index.js';
import { RequestsInProgress, ServerStoppingError, Shutdown } from './connections/index.js';
import { DIALECTS } from './dialects/index.js';
import { QueueService } from './queue/index.js';

export const STOP_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

type StopSignal = (typeof STOP_SIGNALS)[number];

/** Milliseconds after the drain time at which the process ends, whatever still waits. */
const LAST_MS = 5000;

/** Milliseconds after the drain time at which waiting clients are answered, though a job does not let go. */
const DRAIN_GRACE_MS = 1000;

/** Milliseconds that requests which wait for jobs have to answer by themselves, and all answers to be sent. */
const ANSWER_MS = 250;
const SENT_MS = 500;

/** Milliseconds within which two signals are one: a terminal and npm both pass the same Ctrl+C on. */
const SAME_SIGNAL_MS = 500;

/**
 * Stops the server in order, and at last in any case: nothing new is taken, running jobs are drained,
 * clients that wait are answered, event streams and sockets are ended, then the process ends or begins anew.
 */
export class ServerStop {
  private readonly logger = new Logger('Atelier');
  private begun = false;
  private signalledAt: number | undefined;

  /**
   * @param restart Begins the program anew in this process; does not return.
   */
  constructor(
    private readonly app: NestFastifyApplication,
    private readonly config: Config,
    private readonly restart: () => void,
  ) {}

  /** The first signal stops in order, also where a restart is under way; a second one ends at once. */
  onSignal(signal: StopSignal): void {
    const now = performance.now();
    if (this.signalledAt === undefined) {
      this.signalledAt = now;
      this.begin();
    } else if (now - this.signalledAt > SAME_SIGNAL_MS) {
      this.logger.warn(`${signal} again: the server ends at once.`);
      process.exit(128 + constants.signals[signal]);
    }
  }

  begin(): void {
    if (this.begun) return;
    this.begun = true;
    const limitMs = this.config.server.drainSeconds * 1000 + LAST_MS;
    setTimeout(() => {
      this.logger.warn(`The server did not stop within ${limitMs / 1000} s and is ended.`);
      this.end(1);
    }, limitMs);
    this.run().then(
      () => this.end(0),
      (error: unknown) => {
        process.stderr.write(`The stop failed: ${inspect(error)}\n`);
        this.end(1);
      },
    );
  }

  private async run(): Promise<void> {
    const { app } = this;
    const shutdown = app.get(Shutdown);
    shutdown.begin();
    await this.drain();
    shutdown.endWaiting();
    await this.answerAll();
    await app.close();
  }

  private async drain(): Promise<void> {
    const limit = new AbortController();
    const limitMs = this.config.server.drainSeconds * 1000 + DRAIN_GRACE_MS;
    const drained = this.app
      .get(QueueService)
      .drain()
      .catch((error: unknown) => this.logger.error(`The queue did not drain: ${inspect(error)}`));
    await Promise.race([
      drained.finally(() => limit.abort()),
      pause(limitMs, undefined, { signal: limit.signal }).catch(() => undefined),
    ]);
  }

  private async answerAll(): Promise<void> {
    const requests = this.app.get(RequestsInProgress);
    await requests.answered(ANSWER_MS);
    for (const { request, reply } of requests.unanswered)
      sendError(new ServerStoppingError(), request, reply, DIALECTS);
    await requests.ended(SENT_MS);
  }

  private end(code: number): void {
    if (this.signalledAt === undefined) this.restart();
    process.exit(code);
  }
}
