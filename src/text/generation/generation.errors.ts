import { AppError } from '../../common/index.js';

/** 503: there is no language model yet. */
export class NoTextModelError extends AppError {
  constructor() {
    super(
      'NO_TEXT_MODEL',
      503,
      'There is no language model on this server. An administrator gets one with: atelier models pull smollm2-135m',
    );
  }
}

/** 404: there is no language model of this name. */
export class TextModelNotFoundError extends AppError {
  constructor(name: string, known: readonly string[]) {
    const few = known.slice(0, 10).join(', ');
    super(
      'MODEL_NOT_FOUND',
      404,
      `There is no language model "${name.slice(0, 200)}". There are: ${few}.`,
    );
  }
}

/** 503: so many wait that one more would wait too long. */
export class TextQueueFullError extends AppError {
  constructor(limit: number) {
    super(
      'QUEUE_FULL',
      503,
      `${limit} requests to language models wait already. Try again later.`,
      {
        headers: { 'retry-after': '10' },
      },
    );
  }
}
