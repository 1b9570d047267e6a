import { HttpException } from '@nestjs/common';
import { DatabaseBusyError, isBusyError } from './database-busy.js';
import { AppError, InternalError, InvalidParametersError, NotFoundError } from './errors.js';
import { InsufficientStorageError, isStorageError } from './storage-errors.js';

const UNREADABLE: Record<string, string> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE:
    'This content type is not understood here; send application/json.',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'The body is empty; send a JSON object, or no Content-Type.',
  FST_ERR_CTP_INVALID_JSON_BODY: 'The body is not valid JSON.',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'Content-Length does not match the body.',
  FST_ERR_CTP_BODY_TOO_LARGE: 'The body is larger than this server accepts.',
  FST_ERR_BAD_URL: 'This address is not a valid URL.',
  FST_ERR_MAX_PARAM_LENGTH: 'A part of this address is too long.',
};

/** Nest hides some of Fastify's errors behind its own, whose messages say nothing. */
const SENTENCES: Record<number, string | undefined> = {
  413: UNREADABLE['FST_ERR_CTP_BODY_TOO_LARGE'],
  415: UNREADABLE['FST_ERR_CTP_INVALID_MEDIA_TYPE'],
};

function messageOfNest(error: HttpException): string {
  if (error.getStatus() === 404) return `Nothing here: ${error.message}.`;
  return SENTENCES[error.getStatus()] ?? error.message;
}

interface FrameworkError {
  statusCode: number;
  code?: string;
  message: string;
}

function isFrameworkError(error: unknown): error is FrameworkError {
  return (
    error instanceof Error && typeof (error as Partial<FrameworkError>).statusCode === 'number'
  );
}

function fromStatus(status: number, message: string, cause: unknown): AppError {
  if (status >= 500) return new InternalError(cause);
  if (status === 404) return new NotFoundError(message);
  return new InvalidParametersError(message, status, cause);
}

/**
 * Whatever was thrown, as the error that a dialect's filter shapes: our own errors as they are, those
 * of Nest and Fastify by their status, everything else as a 500 that says nothing.
 */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (isStorageError(error)) return new InsufficientStorageError(error);
  if (isBusyError(error)) return new DatabaseBusyError(error);
  if (error instanceof SyntaxError && 'statusCode' in error) {
    return new InvalidParametersError(`The body is not valid JSON: ${error.message}.`, 400, error);
  }
  if (error instanceof HttpException) {
    return fromStatus(error.getStatus(), messageOfNest(error), error);
  }
  if (isFrameworkError(error)) {
    return fromStatus(error.statusCode, UNREADABLE[error.code ?? ''] ?? error.message, error);
  }
  return new InternalError(error);
}
