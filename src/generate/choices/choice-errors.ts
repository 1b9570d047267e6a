import { AppError, ConflictError } from '../../common/index.js';
import type { ChosenFor } from './choice.js';

const NOUNS: Record<ChosenFor, string> = { drawing: 'model', enlarging: 'upscaler' };

/** 400: nothing is chosen that could do the work, or what is chosen cannot be used. */
export class NothingChosenError extends AppError {
  /** @param why a sentence, where there was a choice. */
  constructor(what: ChosenFor, why?: string | null) {
    const noun = NOUNS[what];
    super(`NO_${noun.toUpperCase()}_LOADED`, 400, `No ${noun} loaded${why ? `: ${why}` : ''}`);
  }
}

/** 409: the caller's model is being loaded; one at a time. */
export class ChoiceLoadingError extends ConflictError {
  constructor(readonly loading: string) {
    super(`"${loading}" is being loaded for you: wait until it is, or unload it.`, 'MODEL_LOADING');
  }
}

/** 409: its header says that it cannot be loaded. */
export class ModelDamagedError extends ConflictError {
  constructor(name: string, why: string) {
    super(`The model "${name}" cannot be loaded: ${why}`, 'MODEL_DAMAGED');
  }
}
