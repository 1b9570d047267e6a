import { Logger } from '@nestjs/common';
import { EngineChild } from './engine-child.js';
import type { EngineCallName, EngineCalls, FromEngine, ToEngine } from './engine-messages.js';
import { EngineError, fromErrorData } from './engine.errors.js';
import type {
  ConvertRequest,
  EngineFacts,
  EngineHealth,
  EngineWatch,
  ImageEngine,
  ImageRequest,
  ModelSpec,
  RawImage,
  VideoRequest,
} from './image-engine.js';

/** Milliseconds that a call may take to end by itself which nothing can stop but the end of the engine. */
const UNSTOPPABLE_MS = 500;

interface PendingCall {
  name: EngineCallName;
  watch: EngineWatch;
  resolve(value: unknown): void;
  reject(error: Error): void;
  /** Ends the engine when nothing was heard of the call for too long. */
  stall: NodeJS.Timeout;
}

export interface SupervisedEngineOptions {
  /** Absolute path of the engine process's program. */
  program: string;
  /** Milliseconds without a sign of life of a call after which the engine is ended. */
  stallMs: number;
  /** Milliseconds that a cancelled call may take to reach its next step before the engine is ended. */
  cancelMs: number;
}

/**
 * An engine in a process of its own. When that process dies, the calls that were in it fail with
 * `crashed` and its last lines, and the next call gets a fresh process; the server goes on.
 */
export class SupervisedEngine implements ImageEngine {
  private readonly logger = new Logger('Engine');
  private readonly pending = new Map<number, PendingCall>();
  private child: EngineChild | undefined;
  private knownFacts: EngineFacts | undefined;
  private lastId = 0;
  private closed = false;
  private restarts = 0;

  constructor(private readonly options: SupervisedEngineOptions) {}

  /** Process id of the engine, while it has one. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  async facts(): Promise<EngineFacts> {
    try {
      this.knownFacts ??= await this.call('facts', []);
      return this.knownFacts;
    } catch (error) {
      if (!(error instanceof EngineError) || error.reason !== 'crashed') throw error;
      throw new EngineError(
        'unavailable',
        `${error.message}\nRun the set-up again, or see docs/native.md.`,
        error,
      );
    }
  }

  async load(model: ModelSpec, watch?: EngineWatch): Promise<void> {
    await this.call('load', [model], watch);
  }

  async unload(key: string): Promise<void> {
    if (this.child) await this.call('unload', [key]);
  }

  async loaded(): Promise<string[]> {
    return this.child ? this.call('loaded', []) : [];
  }

  generate(key: string, request: ImageRequest, watch?: EngineWatch): Promise<RawImage[]> {
    return this.call('generate', [key, request], watch);
  }

  health(): EngineHealth {
    return { pid: this.pid ?? null, restarts: this.restarts };
  }

  generateVideo(key: string, request: VideoRequest, watch?: EngineWatch): Promise<RawImage[]> {
    return this.call('generateVideo', [key, request], watch);
  }

  upscale(key: string, image: RawImage, watch?: EngineWatch): Promise<RawImage> {
    return this.call('upscale', [key, image], watch);
  }

  canny(image: RawImage): Promise<RawImage> {
    return this.call('canny', [image]);
  }

  async convert(request: ConvertRequest, watch?: EngineWatch): Promise<void> {
    await this.call('convert', [request], watch);
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.child?.close();
  }

  private call<Name extends EngineCallName>(
    name: Name,
    args: EngineCalls[Name]['args'],
    watch: EngineWatch = {},
  ): Promise<EngineCalls[Name]['answer']> {
    if (watch.signal?.aborted) return Promise.reject(EngineError.cancelled());
    if (this.closed)
      return Promise.reject(new EngineError('unavailable', 'The server is stopping.'));
    const child = (this.child ??= this.spawn());
    const id = (this.lastId += 1);
    const cancel = (): void => this.cancel(id);
    watch.signal?.addEventListener('abort', cancel, { once: true });
    return new Promise<unknown>((resolve, reject) => {
      const { stallMs } = this.options;
      const stall = setTimeout(() => this.giveUp(id, EngineError.stalled(stallMs / 1000)), stallMs);
      this.pending.set(id, { name, watch, resolve, reject, stall });
      child.send({ type: 'call', id, name, args } as ToEngine);
    }).finally(() => watch.signal?.removeEventListener('abort', cancel)) as Promise<
      EngineCalls[Name]['answer']
    >;
  }

  private spawn(): EngineChild {
    const child: EngineChild = new EngineChild(this.options.program, {
      onMessage: (message) => this.onMessage(message),
      onExit: (how) => this.onExit(child, how),
    });
    return child;
  }

  private onMessage(message: FromEngine): void {
    if (message.type === 'answer') this.settle(message.id)?.resolve(message.value);
    else if (message.type === 'error')
      this.settle(message.id)?.reject(fromErrorData(message.error));
    else this.onSignOfLife(message);
  }

  private onSignOfLife(
    message: Extract<FromEngine, { type: 'log' | 'progress' | 'preview' | 'memory' }>,
  ): void {
    for (const call of this.pending.values()) call.stall.refresh();
    if (message.type === 'log') return this.log(message.level, message.text);
    const call = this.pending.get(message.id);
    if (!call) return;
    if (message.type === 'progress') call.watch.onProgress?.(message.progress);
    else if (message.type === 'preview') call.watch.onPreview?.(message.preview);
    else call.watch.onMemory?.(message.memory);
  }

  /** Asks for the end of a call at its next step; an engine that never gets there is ended. */
  private cancel(id: number): void {
    const call = this.pending.get(id);
    if (!call) return;
    this.child?.send({ type: 'cancel', id });
    clearTimeout(call.stall);
    const patience = call.name === 'convert' ? UNSTOPPABLE_MS : this.options.cancelMs;
    call.stall = setTimeout(() => this.giveUp(id, EngineError.cancelled()), patience);
  }

  private onExit(child: EngineChild, how: string): void {
    if (this.child !== child) return;
    this.child = undefined;
    if (!this.closed) {
      this.restarts += 1;
      const lines = child.lastLines.map((line) => `\n${line}`).join('');
      this.logger.warn(`The engine's process ended: ${how}. Its last lines:${lines}`);
    }
    this.rejectAll(EngineError.crashed(how));
  }

  private giveUp(id: number, reason: EngineError): void {
    this.logger.warn(`Ending the engine's process: ${reason.message}`);
    this.settle(id)?.reject(reason);
    const { child } = this;
    this.child = undefined;
    this.restarts += 1;
    child?.kill();
    this.rejectAll(EngineError.crashed('ended because another call was stuck'));
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

  private log(level: 'debug' | 'info' | 'warn' | 'error', text: string): void {
    if (level === 'error') this.logger.error(text.trimEnd());
    else if (level === 'warn') this.logger.warn(text.trimEnd());
    else this.logger.debug(text.trimEnd());
  }
}
