import { AppError } from '../common/index.js';

/** Where what is missing can be set, for the end of a sentence. */
const PLACES =
  'ATELIER_TEXT_ENDPOINT, or PUT /api/assistant/settings or /api/text/settings for administrators';

/** What kind of trouble there is with the language model; for clients that tell them apart. */
export type TextTrouble =
  | 'configuration'
  | 'auth'
  | 'not_found'
  | 'client'
  | 'rate_limited'
  | 'timeout'
  | 'transport'
  | 'server'
  | 'parse';

/** Something is wrong with the language model or with the way to it; never with the caller's request. */
export class TextError extends AppError {
  private constructor(
    readonly trouble: TextTrouble,
    code: string,
    status: number,
    message: string,
    options: { cause?: unknown; headers?: Record<string, string> } = {},
  ) {
    super(code, status, message, { ...options, logLevel: 'warn' });
  }

  /** 503: switched off. */
  static disabled(): TextError {
    return new TextError(
      'configuration',
      'TEXT_DISABLED',
      503,
      'This is switched off. An administrator can switch it on: set "enabled" with PUT /api/assistant/settings or /api/text/settings.',
    );
  }

  /** 503: there is nobody to ask. */
  static notConfigured(): TextError {
    return new TextError(
      'configuration',
      'TEXT_NOT_CONFIGURED',
      503,
      `There is no language model to ask. Give the address of an Ollama or of a server that speaks OpenAI's chat completions: ${PLACES}.`,
    );
  }

  /** 503: nobody answers there. */
  static unreachable(cause: unknown): TextError {
    return new TextError(
      'transport',
      'TEXT_UNREACHABLE',
      503,
      `The server with the language model cannot be reached. Start it, or give its right address: ${PLACES}.`,
      { cause },
    );
  }

  /** 503: the endpoint wants another key. */
  static keyRefused(status: number): TextError {
    return new TextError(
      'auth',
      'TEXT_KEY_REFUSED',
      503,
      'The server with the language model refused the key. An administrator can set another "api_key".',
      { cause: new Error(`status ${status}`) },
    );
  }

  /** 503: the endpoint has no such model, or none at all. */
  static modelMissing(model: string): TextError {
    const what = model === '' ? 'no model at all' : `no model "${model}"`;
    return new TextError(
      'not_found',
      'TEXT_MODEL_MISSING',
      503,
      `The server with the language model has ${what}. Pull it there, or set another "model" (ATELIER_TEXT_MODEL).`,
    );
  }

  /** 503: the endpoint wants to be asked less often. */
  static rateLimited(retryAfter: string | undefined): TextError {
    return new TextError(
      'rate_limited',
      'TEXT_RATE_LIMITED',
      503,
      'The server with the language model is asked too often right now; try again later.',
      {
        headers: { 'retry-after': /^\d{1,5}$/.test(retryAfter ?? '') ? String(retryAfter) : '10' },
      },
    );
  }

  /** 504: it took too long. */
  static timeout(seconds: number): TextError {
    return new TextError(
      'timeout',
      'TEXT_TIMEOUT',
      504,
      `The language model did not finish within ${seconds} seconds. An administrator can allow it more: "timeout_seconds" (ATELIER_TEXT_TIMEOUT_SECONDS).`,
    );
  }

  /** 502: the endpoint refused the request; `reason` is its own sentence. */
  static refused(status: number, reason: string): TextError {
    const trouble = status >= 500 ? 'server' : 'client';
    const said = reason === '' ? `answered with status ${status}` : `said: ${reason}`;
    return new TextError(
      trouble,
      'TEXT_ENDPOINT_FAILED',
      502,
      `The server with the language model ${said}`,
    );
  }

  /** The model cannot call tools: it is to be asked without them. */
  static toolsRefused(): TextError {
    return new TextError(
      'client',
      'TEXT_TOOLS_REFUSED',
      502,
      'The language model cannot call tools.',
    );
  }

  /** 502: what came was no whole answer; `what` completes "The answer of the language model …". */
  static badAnswer(what: string, cause?: unknown): TextError {
    return new TextError(
      'parse',
      'TEXT_ENDPOINT_FAILED',
      502,
      `The answer of the language model ${what}.`,
      { cause },
    );
  }
}

/** 429: the user has as many requests under way as one may have. */
export class TooManyTextRequestsError extends AppError {
  constructor(limit: number) {
    super(
      'TOO_MANY_TEXT_REQUESTS',
      429,
      `You have ${limit} requests to the language model under way, the most one user may have. Wait for one of them.`,
      { headers: { 'retry-after': '2' } },
    );
  }
}

/** 404: no such entry in the caller's history. */
export class PromptEntryNotFoundError extends AppError {
  constructor() {
    super('PROMPT_NOT_FOUND', 404, 'There is no such prompt in your history.');
  }
}

/** How every request to the language model may fail, for the description of the API. */
export const TEXT_ERRORS = [
  new TooManyTextRequestsError(2),
  TextError.disabled(),
  TextError.notConfigured(),
  TextError.unreachable(undefined),
  TextError.keyRefused(401),
  TextError.modelMissing('llama3.2'),
  TextError.rateLimited('10'),
  TextError.badAnswer('broke off'),
  TextError.timeout(120),
];
