/** How loudly an error is logged: a refused request is information, our own bug is an error. */
export type ErrorLogLevel = 'debug' | 'info' | 'warn' | 'error';

/** One thing that is wrong with one field of a request. */
export interface FieldProblem {
  /** Path of the field as the caller wrote it, for example `steps` or `loras.0.path`. */
  field: string;
  /** A sentence that says what is wrong and what would be right. */
  message: string;
}

export interface AppErrorOptions {
  /** What went wrong underneath; logged, never sent. */
  cause?: unknown;
  /** Field by field, for errors of input. */
  problems?: FieldProblem[];
  /** Headers that the answer must carry, for example `Retry-After`. */
  headers?: Record<string, string>;
  logLevel?: ErrorLogLevel;
}

/**
 * The one kind of error that the house throws on purpose. The code is stable and public, the message
 * is written for the caller, the cause stays in the log. Each dialect's filter gives it its shape.
 */
export class AppError extends Error {
  readonly problems: FieldProblem[];
  readonly headers: Record<string, string>;
  readonly logLevel: ErrorLogLevel;

  constructor(
    /** Stable, public, upper snake case, for example `MODEL_NOT_FOUND`. */
    readonly code: string,
    /** HTTP status. */
    readonly status: number,
    message: string,
    options: AppErrorOptions = {},
  ) {
    super(message, { cause: options.cause });
    this.name = new.target.name;
    this.problems = options.problems ?? [];
    this.headers = options.headers ?? {};
    this.logLevel = options.logLevel ?? (status >= 500 ? 'error' : 'info');
  }
}

/** Problems that are told of one request; whoever has more begins with these. */
const MOST_PROBLEMS = 50;

/** The first of them, and how many more there are. */
export function fewProblems(problems: FieldProblem[]): FieldProblem[] {
  const more = problems.length - MOST_PROBLEMS;
  if (more <= 0) return problems;
  const last = { field: '', message: `There are ${more} more problems.` };
  return [...problems.slice(0, MOST_PROBLEMS), last];
}

/** 400: the request was understood, but some of its fields hold what they must not. */
export class ValidationError extends AppError {
  constructor(all: FieldProblem[]) {
    const problems = fewProblems(all);
    super('VALIDATION_ERROR', 400, problems.map(({ message }) => message).join(' '), { problems });
  }
}

/** 400 (or another 4xx given): the request itself cannot be read, for example malformed JSON. */
export class InvalidParametersError extends AppError {
  constructor(message: string, status = 400, cause?: unknown) {
    super('INVALID_PARAMETERS', status, message, { cause });
  }
}

/** 404: nothing lives at this address. */
export class NotFoundError extends AppError {
  constructor(message: string) {
    super('NOT_FOUND', 404, message);
  }
}

/** 409: the thing is in a state in which this cannot be done. */
export class ConflictError extends AppError {
  constructor(message: string, code = 'CONFLICT') {
    super(code, 409, message);
  }
}

/** 500: our bug. The caller learns only the request id; the cause is in the log. */
export class InternalError extends AppError {
  constructor(cause: unknown) {
    super(
      'INTERNAL_ERROR',
      500,
      'Something went wrong on our side. The log has the details under this request id.',
      {
        cause,
      },
    );
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
