import type { EngineCallName, EngineCalls, EngineEvent } from './engine-messages.js';
import { EngineError, fromErrorData, type EngineErrorData } from './engine.errors.js';
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
import { SupervisedProcess } from './process/supervised-process.js';

/** Milliseconds that a call may take to end by itself which nothing can stop but the end of the engine. */
const UNSTOPPABLE_MS = 500;

export interface SupervisedEngineOptions {
  /** Absolute path of the engine process's program. */
  program: string;
  /** Milliseconds without a sign of life of a call after which the engine is ended. */
  stallMs: number;
  /** Milliseconds that a cancelled call may take to reach its next step before the engine is ended. */
  cancelMs: number;
}

function isDeath(error: unknown): error is EngineError {
  return error instanceof EngineError && error.isDeath;
}

/** The image engine in a process of its own, whose end the server survives. */
export class SupervisedEngine implements ImageEngine {
  private readonly process: SupervisedProcess;
  private knownFacts: EngineFacts | undefined;

  constructor(private readonly options: SupervisedEngineOptions) {
    const { program, stallMs } = options;
    const readError = (data: unknown): Error => fromErrorData(data as EngineErrorData);
    this.process = new SupervisedProcess({
      name: 'image engine',
      context: 'Engine',
      program,
      stallMs,
      readError,
    });
  }

  /** Process id of the engine, while it has one. */
  get pid(): number | undefined {
    return this.process.pid;
  }

  async facts(): Promise<EngineFacts> {
    try {
      this.knownFacts ??= await this.call('facts', []).catch((error: unknown) => {
        // It may have died of something else: only one that cannot even be started is no engine.
        if (isDeath(error)) return this.call('facts', []);
        throw error;
      });
      return this.knownFacts;
    } catch (error) {
      if (!isDeath(error)) throw error;
      throw new EngineError(
        'unavailable',
        `${error.message} Run the set-up again, or see docs/native.md.`,
        error,
      );
    }
  }

  async load(model: ModelSpec, watch?: EngineWatch): Promise<void> {
    await this.call('load', [model], watch);
  }

  async unload(key: string): Promise<void> {
    if (this.pid !== undefined) await this.call('unload', [key]);
  }

  async loaded(): Promise<string[]> {
    return this.pid === undefined ? [] : this.call('loaded', []);
  }

  generate(key: string, request: ImageRequest, watch?: EngineWatch): Promise<RawImage[]> {
    return this.call('generate', [key, request], watch);
  }

  health(): EngineHealth {
    return { pid: this.pid ?? null, restarts: this.process.restarts };
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

  close(): Promise<void> {
    return this.process.close();
  }

  private call<Name extends EngineCallName>(
    name: Name,
    args: EngineCalls[Name]['args'],
    watch: EngineWatch = {},
  ): Promise<EngineCalls[Name]['answer']> {
    return this.process.call(name, args, {
      signal: watch.signal,
      cancelMs: name === 'convert' ? UNSTOPPABLE_MS : this.options.cancelMs,
      onEvent: (event) => tell(watch, event as EngineEvent),
    }) as Promise<EngineCalls[Name]['answer']>;
  }
}

function tell(watch: EngineWatch, event: EngineEvent): void {
  if (event.type === 'progress') watch.onProgress?.(event.progress);
  else if (event.type === 'preview') watch.onPreview?.(event.preview);
  else watch.onMemory?.(event.memory);
}
