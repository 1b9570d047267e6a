import { AppError, withoutPaths } from '../common/index.js';

/** Code and HTTP status of each way in which an engine can fail. */
const REASONS = {
  /** There is no engine, for example because the addon was not built. */
  unavailable: { code: 'ENGINE_UNAVAILABLE', status: 503 },
  /** The engine's process ended under the call; worth another try on a fresh one. */
  crashed: { code: 'ENGINE_CRASHED', status: 500 },
  /** No progress for too long; the engine was ended. */
  stalled: { code: 'ENGINE_STALLED', status: 500 },
  /** The call's signal was aborted. */
  cancelled: { code: 'CANCELLED', status: 409 },
  /** The files of a model could not be made into a working model. */
  load_failed: { code: 'MODEL_LOAD_FAILED', status: 500 },
  /** generate() was asked for a model that load() has not made ready. */
  not_loaded: { code: 'MODEL_NOT_LOADED', status: 409 },
  /** A model file could not be written in another weight type. */
  convert_failed: { code: 'CONVERSION_FAILED', status: 500 },
  /** The picture could not be drawn. */
  failed: { code: 'GENERATION_FAILED', status: 500 },
} as const;

export type EngineFailure = keyof typeof REASONS;

/** Why the engine did not do what it was asked; the message is written for the caller. */
export class EngineError extends AppError {
  constructor(
    readonly reason: EngineFailure,
    message: string,
    cause?: unknown,
  ) {
    super(REASONS[reason].code, REASONS[reason].status, message, { cause, logLevel: 'warn' });
  }

  /** Whether the engine died under the call, or had died before it with all that was loaded. */
  get isDeath(): boolean {
    return this.reason === 'crashed' || this.reason === 'not_loaded';
  }

  /** What the engine said last stays in the log: it may be about another user's prompt. */
  static crashed(how: string, engine = 'image engine'): EngineError {
    return new EngineError('crashed', `The ${engine} stopped unexpectedly (${how}).`);
  }

  static stalled(seconds: number, engine = 'image engine'): EngineError {
    return new EngineError(
      'stalled',
      `The ${engine} showed no progress for ${seconds} s and was restarted. A smaller size or a shorter prompt may help.`,
    );
  }

  static cancelled(): EngineError {
    return new EngineError('cancelled', 'The generation was cancelled.');
  }

  static notLoaded(key: string): EngineError {
    return new EngineError('not_loaded', `The model "${key}" is not loaded.`);
  }

  static loadFailed(name: string, why: string): EngineError {
    return new EngineError(
      'load_failed',
      `The model "${name}" could not be loaded: ${withoutPaths(why)}`,
    );
  }

  static convertFailed(why: string): EngineError {
    return new EngineError(
      'convert_failed',
      `The model could not be converted: ${withoutPaths(why)}`,
    );
  }

  static textFailed(why: string): EngineError {
    return new EngineError('failed', `The text could not be written: ${withoutPaths(why)}`);
  }

  static failed(why: string): EngineError {
    return new EngineError('failed', `The picture could not be generated: ${withoutPaths(why)}`);
  }
}

/** An engine error as plain data, to cross a process border. */
export interface EngineErrorData {
  reason: EngineFailure;
  message: string;
}

export function toErrorData(error: unknown): EngineErrorData {
  if (error instanceof EngineError) return { reason: error.reason, message: error.message };
  return { reason: 'failed', message: error instanceof Error ? error.message : String(error) };
}

export function fromErrorData(data: EngineErrorData): EngineError {
  return new EngineError(data.reason, data.message);
}
