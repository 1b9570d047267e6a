import { ApiProperty } from '@nestjs/swagger';
import { describer, type AppError, type ErrorForm } from '../../common/index.js';

class OpenAiErrorDetailsDto {
  @ApiProperty({ description: 'What went wrong, for people.' })
  message!: string;

  @ApiProperty({ example: 'invalid_request_error' })
  type!: string;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'What went wrong, for programs; stable.',
    example: 'model_not_found',
  })
  code!: string | null;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'The parameter that is wrong, where it is one.',
  })
  param!: string | null;
}

/** The body of every failed request, as the `openai` packages read it. */
export class OpenAiErrorDto {
  @ApiProperty({ type: OpenAiErrorDetailsDto })
  error!: OpenAiErrorDetailsDto;
}

function typeOf({ status }: AppError): string {
  switch (status) {
    case 401:
      return 'authentication_error';
    case 403:
      return 'permission_error';
    case 429:
      return 'rate_limit_error';
    default:
      return status >= 500 ? 'server_error' : 'invalid_request_error';
  }
}

/** Codes that programs know by another name. */
const CODES: Readonly<Record<string, string>> = {
  AUTH_REQUIRED: 'invalid_api_key',
  INVALID_CREDENTIALS: 'invalid_api_key',
  TOO_MANY_JOBS: 'rate_limit_exceeded',
  TOO_MANY_STREAMS: 'rate_limit_exceeded',
  VALIDATION_ERROR: 'invalid_value',
};

/** Worth another try as it is: there may be room later. Whatever else failed fails again, or was tried again here. */
const TRY_AGAIN = [429, 503];

/** The parameter at fault, where the error does not name a field. */
const PARAMS: Readonly<Record<string, string>> = { MODEL_NOT_FOUND: 'model' };

export const OPENAI_ERRORS: ErrorForm = {
  body: OpenAiErrorDto,
  reply: (error) => ({
    status: error.status,
    headers: {
      ...error.headers,
      'x-should-retry': String(TRY_AGAIN.includes(error.status)),
    },
    body: {
      error: {
        message: error.message,
        type: typeOf(error),
        code: CODES[error.code] ?? error.code.toLowerCase(),
        param: error.problems[0]?.field ?? PARAMS[error.code] ?? null,
      },
    },
  }),
};

/** Describes a route of this dialect. */
export const Describe = describer(OPENAI_ERRORS);
