import { applyDecorators } from '@nestjs/common';
import { ApiExtension, ApiOperation, ApiProperty, ApiResponse } from '@nestjs/swagger';
import { AppError, describer, errorExamples, type ErrorForm } from '../../common/index.js';
import { JobFailedError } from '../../queue/index.js';

/** The body of every failed request, as mold's clients read it. */
export class MoldErrorDto {
  @ApiProperty({ description: 'What went wrong, for people.' })
  error!: string;

  @ApiProperty({
    description: 'What went wrong, for programs; stable.',
    example: 'MODEL_NOT_FOUND',
  })
  code!: string;
}

/** Codes that its clients know by another name. */
const CODES: Readonly<Record<string, string>> = {
  AUTH_REQUIRED: 'UNAUTHORIZED',
  INVALID_CREDENTIALS: 'UNAUTHORIZED',
  INSUFFICIENT_PERMISSIONS: 'FORBIDDEN',
  TOO_MANY_JOBS: 'RATE_LIMITED',
  TOO_MANY_STREAMS: 'RATE_LIMITED',
  TOO_MANY_TEXT_REQUESTS: 'RATE_LIMITED',
  JOB_CANCELLED: 'CANCELLED',
  CLIENT_GONE: 'CANCELLED',
};

const STATUSES: Readonly<Record<string, number>> = { VALIDATION_ERROR: 422, JOB_CANCELLED: 499 };

/** The core's code, as its clients know it. */
export function inMoldsWords(code: string): string {
  return CODES[code] ?? code;
}

/** What a client reads of an error, in an answer as in an event. */
export function codeOf(error: AppError): string {
  return error instanceof JobFailedError ? 'INFERENCE_ERROR' : inMoldsWords(error.code);
}

export const MOLD_ERRORS: ErrorForm = {
  body: MoldErrorDto,
  reply: (error) => ({
    status: STATUSES[error.code] ?? error.status,
    headers: error.headers,
    // Its clients take a 404 with a body for a model that has to be pulled, and one without for a missing route.
    body: error.code === 'NOT_FOUND' ? undefined : { error: error.message, code: codeOf(error) },
  }),
};

/** Describes a route of this dialect. */
export const Describe = describer(MOLD_ERRORS);

/** 422: what mold does and this server does not. Its clients show what a 422 says. */
export class UnsupportedError extends AppError {
  constructor(message: string) {
    super('UNSUPPORTED', 422, message);
  }
}

/** Describes a route that is there to say why it does nothing. */
export function DescribeRefusal(summary: string, error: AppError): MethodDecorator {
  const responses = Array.from(errorExamples([error], MOLD_ERRORS), ([status, response]) =>
    ApiResponse({ status, ...response }),
  );
  return applyDecorators(
    ApiOperation({ summary }),
    ApiExtension('x-only-refuses', true),
    ...responses,
  );
}
