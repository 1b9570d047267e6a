import { EngineError } from '../engine.errors.js';
import type { EngineHealth } from '../image-engine.js';
import { SupervisedProcess } from '../process/supervised-process.js';
import { EventQueue } from './event-queue.js';
import type { LlamaEngineOptions } from './llama-engine.js';
import {
  fromTextErrorData,
  type TextCallEvent,
  type TextCallName,
  type TextCalls,
  type TextErrorData,
} from './text-calls.js';
import type {
  Embeddings,
  LoadedTextModel,
  TextEngine,
  TextEngineFacts,
  TextEvent,
  TextInput,
  TextLoadOptions,
  TextModelSpec,
  TextRequest,
} from './text-engine.js';

export interface SupervisedTextEngineOptions extends Omit<LlamaEngineOptions, 'onLog'> {
  /** Absolute path of the process's program. */
  program: string;
  /** Milliseconds without a sign of life of a call after which the engine is ended. */
  stallMs: number;
  /** Milliseconds that a cancelled call may take to its next token before the engine is ended. */
  cancelMs: number;
}

/** The engine for language models in a process of its own, whose end the server survives. */
export class SupervisedTextEngine implements TextEngine {
  private readonly process: SupervisedProcess;

  constructor(private readonly options: SupervisedTextEngineOptions) {
    const { program, stallMs, threads, gpu } = options;
    this.process = new SupervisedProcess({
      name: 'text engine',
      context: 'TextEngine',
      program,
      args: [JSON.stringify({ threads, gpu })],
      stallMs,
      readError: (data) => fromTextErrorData(data as TextErrorData),
    });
  }

  facts(): Promise<TextEngineFacts> {
    return this.call('facts', []);
  }

  load(
    model: TextModelSpec,
    { signal, onProgress }: TextLoadOptions = {},
  ): Promise<LoadedTextModel> {
    return this.call('load', [model], signal, (event) => {
      if (event.type === 'loading') onProgress?.(event.share);
    });
  }

  async unload(key: string): Promise<void> {
    if (this.process.pid !== undefined) await this.call('unload', [key]);
  }

  async loaded(): Promise<LoadedTextModel[]> {
    return this.process.pid === undefined ? [] : this.call('loaded', []);
  }

  async *generate(
    key: string,
    request: TextRequest,
    signal: AbortSignal,
  ): AsyncGenerator<TextEvent, void> {
    const left = new AbortController();
    const events = new EventQueue<TextEvent>();
    // Whoever stops to listen in the middle has no use for the rest either.
    const either = AbortSignal.any([signal, left.signal]);
    this.call('generate', [key, request], either, (event) => {
      if (event.type === 'text-event') events.push(event.event);
    }).then(
      () => events.end(),
      (error: unknown) => events.fail(error),
    );
    try {
      yield* events;
    } finally {
      left.abort();
    }
  }

  count(key: string, input: TextInput): Promise<number> {
    return this.call('count', [key, input]);
  }

  embed(key: string, texts: readonly string[], signal: AbortSignal): Promise<Embeddings> {
    return this.call('embed', [key, texts], signal);
  }

  health(): EngineHealth {
    return { pid: this.process.pid ?? null, restarts: this.process.restarts };
  }

  close(): Promise<void> {
    return this.process.close();
  }

  private async call<Name extends TextCallName>(
    name: Name,
    args: TextCalls[Name]['args'],
    signal?: AbortSignal,
    onEvent?: (event: TextCallEvent) => void,
  ): Promise<TextCalls[Name]['answer']> {
    if (signal?.aborted) throw EngineError.cancelled();
    const { cancelMs } = this.options;
    return (await this.process.call(name, args, {
      signal,
      cancelMs,
      onEvent: (event) => onEvent?.(event as TextCallEvent),
    })) as TextCalls[Name]['answer'];
  }
}
