import type { ErrorDetails, ErrorEnvelope } from './generated/types.gen.js';

export type FieldProblem = NonNullable<ErrorDetails['problems']>[number];

/** A refusal of the server, or no answer at all (`status` 0). */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly code: string,
    readonly status: number,
    readonly problems: readonly FieldProblem[] = [],
    /** Seconds after which it may be tried again, where the server says so. */
    readonly retryAfter?: number,
  ) {
    super(message);
    this.name = 'ApiError';
  }

  /** What is wrong with a field, to be shown beside it. */
  problemOf(field: string): string | undefined {
    return this.problems.find((problem) => problem.field === field)?.message;
  }
}

function isEnvelope(body: unknown): body is ErrorEnvelope {
  if (typeof body !== 'object' || body === null || !('error' in body)) return false;
  return typeof body.error === 'object' && body.error !== null && 'code' in body.error;
}

function secondsIn(header: string | null): number | undefined {
  return header !== null && /^\d+$/.test(header) ? Number(header) : undefined;
}

/**
 * What was thrown, or answered with a status of 400 or more, as an error that can be shown.
 * @param retryAfter the header Retry-After of the answer
 */
export function toApiError(
  thrown: unknown,
  status = 0,
  retryAfter: string | null = null,
): ApiError {
  if (thrown instanceof ApiError) return thrown;
  if (isEnvelope(thrown)) {
    const { message, code, status_code, problems } = thrown.error;
    return new ApiError(message, code, status_code, problems, secondsIn(retryAfter));
  }
  // A good answer that was cut off is none.
  if (status >= 400) return new ApiError(`The server answered with ${status}.`, 'UNKNOWN', status);
  return new ApiError(
    'The server cannot be reached. It may be restarting: try again in a moment.',
    'UNREACHABLE',
    0,
  );
}

/** A sentence for whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : toApiError(thrown).message;
}
