import { Worker } from 'node:worker_threads';

/** A call as the thread receives it; its answer has the same id. */
export type ThreadCall<Task> = Task & { id: number };

interface Waiting<Answer> {
  resolve(answer: Answer): void;
  reject(error: Error): void;
  timer: NodeJS.Timeout | undefined;
}

export interface ThreadCallsOptions {
  /** Path of the thread's program. */
  program: string;
  /** Milliseconds that a call may take, those before it in line included; without it there is no bound. */
  patienceMs?: number;
  /** What every open call fails with once one has taken too long. */
  tooLong?: () => Error;
}

/** A thread that answers calls; begun with the first one, and no reason for the process to go on. */
export class ThreadCalls<Task extends object, Answer extends { id: number }> {
  private worker: Worker | undefined;
  private readonly waiting = new Map<number, Waiting<Answer>>();
  private lastId = 0;

  constructor(private readonly options: ThreadCallsOptions) {}

  /** What the thread says to it. @throws an error of the thread itself, or of the bound */
  call(task: Task): Promise<Answer> {
    const worker = (this.worker ??= this.start());
    const id = (this.lastId += 1);
    const { patienceMs } = this.options;
    return new Promise((resolve, reject) => {
      const timer =
        patienceMs === undefined ? undefined : setTimeout(() => this.giveUp(), patienceMs);
      this.waiting.set(id, { resolve, reject, timer });
      worker.ref();
      worker.postMessage({ ...task, id } satisfies ThreadCall<Task>);
    });
  }

  private start(): Worker {
    const worker = new Worker(this.options.program);
    worker.on('message', (answer: Answer) => this.answered(answer));
    worker.on('error', (error) => this.failAll(error));
    return worker;
  }

  private answered(answer: Answer): void {
    const waiting = this.waiting.get(answer.id);
    if (!waiting) return;
    this.waiting.delete(answer.id);
    clearTimeout(waiting.timer);
    if (this.waiting.size === 0) this.worker?.unref();
    waiting.resolve(answer);
  }

  private giveUp(): void {
    this.failAll(this.options.tooLong?.() ?? new Error('The thread took too long.'));
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
