import { HttpException } from '@nestjs/common';
import { AppError, InternalError, InvalidParametersError, NotFoundError } from './errors.js';

const UNREADABLE_BODY: Record<string, string> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE:
    'This content type is not understood here; send application/json.',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'The body is empty; send a JSON object, or no Content-Type.',
  FST_ERR_CTP_INVALID_JSON_BODY: 'The body is not valid JSON.',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'Content-Length does not match the body.',
  FST_ERR_CTP_BODY_TOO_LARGE: 'The body is larger than this server accepts.',
};

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
  if (error instanceof SyntaxError && 'statusCode' in error) {
    return new InvalidParametersError(`The body is not valid JSON: ${error.message}.`, 400, error);
  }
  if (error instanceof HttpException) {
    const message = error.getStatus() === 404 ? `Nothing here: ${error.message}.` : error.message;
    return fromStatus(error.getStatus(), message, error);
  }
  if (isFrameworkError(error)) {
    return fromStatus(error.statusCode, UNREADABLE_BODY[error.code ?? ''] ?? error.message, error);
  }
  return new InternalError(error);
}
