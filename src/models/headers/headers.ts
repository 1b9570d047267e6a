import { Worker } from 'node:worker_threads';
import { workerFile } from '../../common/index.js';
import { HeaderError, LongHeaderError } from './header.js';
import {
  HEADER_TASKS,
  type HeaderTaskArgs,
  type HeaderTaskName,
  type HeaderTaskResult,
} from './header-tasks.js';
import type { HeaderAnswer, HeaderRequest } from './header-worker.js';

/** Bytes of a header that is read here: more would keep everybody else waiting. */
const SHORT_BYTES = 256 * 1024;

/** Milliseconds that a long header may take, those before it in line included. */
const PATIENCE = 60_000;

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
  timer: NodeJS.Timeout;
}

/** The thread that reads long headers; begun with the first one, and no reason for the process to go on. */
class HeaderThread {
  private worker: Worker | undefined;
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;

  run(name: HeaderTaskName, args: unknown[]): Promise<unknown> {
    const worker = (this.worker ??= this.start());
    const id = (this.lastId += 1);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.giveUp(), PATIENCE);
      this.waiting.set(id, { resolve, reject, timer });
      worker.ref();
      worker.postMessage({ id, name, args } satisfies HeaderRequest);
    });
  }

  private start(): Worker {
    const worker = new Worker(workerFile(import.meta.url, 'header-worker'));
    worker.on('message', (answer: HeaderAnswer) => this.answered(answer));
    worker.on('error', (error) => this.failAll(error));
    return worker;
  }

  private answered(answer: HeaderAnswer): void {
    const waiting = this.waiting.get(answer.id);
    if (!waiting) return;
    this.waiting.delete(answer.id);
    clearTimeout(waiting.timer);
    if (this.waiting.size === 0) this.worker?.unref();
    if ('result' in answer) waiting.resolve(answer.result);
    else {
      const { message, isHeader } = answer.error;
      waiting.reject(isHeader ? new HeaderError(message) : new Error(message));
    }
  }

  private giveUp(): void {
    this.failAll(new HeaderError(`It takes longer than ${PATIENCE / 1000} s to read its header.`));
  }

  private failAll(error: Error): void {
    void this.worker?.terminate();
    this.worker = undefined;
    for (const waiting of this.waiting.values()) {
      clearTimeout(waiting.timer);
      waiting.reject(error);
    }
    this.waiting.clear();
  }
}

const thread = new HeaderThread();

/**
 * Does something with the headers of files, a long one in a thread of its own.
 * @throws HeaderError, the system's error
 */
export async function withHeaders<Name extends HeaderTaskName>(
  name: Name,
  ...args: HeaderTaskArgs<Name>
): Promise<HeaderTaskResult<Name>> {
  const task = HEADER_TASKS[name] as (limit: number, ...rest: unknown[]) => Promise<unknown>;
  try {
    return (await task(SHORT_BYTES, ...args)) as HeaderTaskResult<Name>;
  } catch (error) {
    if (!(error instanceof LongHeaderError)) throw error;
    return (await thread.run(name, args)) as HeaderTaskResult<Name>;
  }
}
