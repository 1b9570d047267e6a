import { Logger } from '@nestjs/common';
import { EngineError } from '../engine.errors.js';
import { EngineChild } from './engine-child.js';
import type { FromProcess, LogLevel } from './messages.js';

export interface SupervisedProcessOptions {
  /** What it is called in messages, for example `image engine`. */
  name: string;
  /** What it is called in the log. */
  context: string;
  /** Absolute path of the process's program. */
  program: string;
  /** What the program is started with. */
  args?: string[];
  /** Milliseconds without a sign of life of a call after which the process is ended. */
  stallMs: number;
  /** An error as the program sent it. */
  readError: (data: unknown) => Error;
}

export interface CallOptions {
  signal?: AbortSignal | undefined;
  /** Milliseconds that it may take to end once it is cancelled; after that the process is ended. */
  cancelMs: number;
  /** What it tells before it ends. */
  onEvent?: (event: unknown) => void;
}

interface PendingCall {
  options: CallOptions;
  resolve(value: unknown): void;
  reject(error: Error): void;
  /** Ends the process when nothing was heard of the call for too long. */
  stall: NodeJS.Timeout;
}

/**
 * A process that serves calls. When it dies, the calls that were in it fail with `crashed`, its last lines are
 * in the log, and the next call gets a fresh process; the server goes on.
 */
export class SupervisedProcess {
  private readonly logger: Logger;
  private readonly pending = new Map<number, PendingCall>();
  private child: EngineChild | undefined;
  private lastId = 0;
  private closed = false;
  private ended = 0;

  constructor(private readonly options: SupervisedProcessOptions) {
    this.logger = new Logger(options.context);
  }

  /** While there is one. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** How often it ended unasked and was, or will be, replaced. */
  get restarts(): number {
    return this.ended;
  }

  /** @throws EngineError crashed, stalled, cancelled, unavailable; what the call itself throws */
  call(name: string, args: unknown[], options: CallOptions): Promise<unknown> {
    const { signal } = options;
    if (signal?.aborted) return Promise.reject(EngineError.cancelled());
    if (this.closed)
      return Promise.reject(new EngineError('unavailable', 'The server is stopping.'));
    const child = (this.child ??= this.spawn());
    const id = (this.lastId += 1);
    const cancel = (): void => this.cancel(id);
    signal?.addEventListener('abort', cancel, { once: true });
    return new Promise<unknown>((resolve, reject) => {
      const { stallMs } = this.options;
      const stall = setTimeout(() => this.giveUp(id, this.stalled()), stallMs);
      this.pending.set(id, { options, resolve, reject, stall });
      child.send({ type: 'call', id, name, args });
    }).finally(() => signal?.removeEventListener('abort', cancel));
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.child?.close();
  }

  private spawn(): EngineChild {
    const { program, args = [] } = this.options;
    const child: EngineChild = new EngineChild(program, args, {
      onMessage: (message) => this.onMessage(message),
      onExit: (how) => this.onExit(child, how),
    });
    return child;
  }

  private onMessage(message: FromProcess): void {
    if (message.type === 'answer') this.settle(message.id)?.resolve(message.value);
    else if (message.type === 'error')
      this.settle(message.id)?.reject(this.options.readError(message.error));
    else {
      for (const call of this.pending.values()) call.stall.refresh();
      if (message.type === 'log') this.log(message.level, message.text);
      else this.pending.get(message.id)?.options.onEvent?.(message.event);
    }
  }

  /** Asks for the end of a call at its next step; a process that never gets there is ended. */
  private cancel(id: number): void {
    const call = this.pending.get(id);
    if (!call) return;
    this.child?.send({ type: 'cancel', id });
    clearTimeout(call.stall);
    call.stall = setTimeout(() => this.giveUp(id, EngineError.cancelled()), call.options.cancelMs);
  }

  private onExit(child: EngineChild, how: string): void {
    if (this.child !== child) return;
    this.child = undefined;
    if (!this.closed) {
      this.ended += 1;
      const lines = child.lastLines.map((line) => `\n${line}`).join('');
      this.logger.warn(
        `The process of the ${this.options.name} ended: ${how}. Its last lines:${lines}`,
      );
    }
    this.rejectAll(EngineError.crashed(how, this.options.name));
  }

  private giveUp(id: number, reason: EngineError): void {
    this.logger.warn(`Ending the process of the ${this.options.name}: ${reason.message}`);
    this.settle(id)?.reject(reason);
    const { child } = this;
    this.child = undefined;
    this.ended += 1;
    child?.kill();
    this.rejectAll(EngineError.crashed('ended because another call was stuck', this.options.name));
  }

  private stalled(): EngineError {
    return EngineError.stalled(this.options.stallMs / 1000, this.options.name);
  }

  private settle(id: number): PendingCall | undefined {
    const call = this.pending.get(id);
    if (!call) return undefined;
    this.pending.delete(id);
    clearTimeout(call.stall);
    return call;
  }

  private rejectAll(error: EngineError): void {
    for (const id of this.pending.keys()) this.settle(id)?.reject(error);
  }

  private log(level: LogLevel, text: string): void {
    if (level === 'error') this.logger.error(text.trimEnd());
    else if (level === 'warn') this.logger.warn(text.trimEnd());
    else this.logger.debug(text.trimEnd());
  }
}
