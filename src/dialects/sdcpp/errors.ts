import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { describer, type AppError, type ErrorForm } from '../../common/index.js';
import { ChoiceLoadingError } from '../../generate/index.js';

/** The body of every failed request (seed sdcpp-restapi, "Error Responses"). */
export class SdcppErrorDto {
  @ApiProperty({
    description:
      'What went wrong, for people; a word where a client looks for one: `unauthorized`, `invalid_credentials`, `auth_disabled`.',
  })
  error!: string;

  @ApiProperty({ description: 'What went wrong, for people.' })
  message!: string;

  @ApiProperty({ description: 'What went wrong, for programs; stable.', pattern: '^[A-Z][A-Z_]*$' })
  code!: string;

  @ApiPropertyOptional({ enum: [false], description: 'Of a model that could not be loaded.' })
  success?: false;

  @ApiPropertyOptional({ enum: ['failed'], description: 'Of a model that could not be loaded.' })
  status?: 'failed';

  @ApiPropertyOptional({ description: 'The model that is being loaded already.' })
  loaded_model?: string;
}

/** Where the web UI and its sign-in page look for a word, and the statuses that they know. */
const WORDS: Readonly<Record<string, { error: string; status?: number }>> = {
  AUTH_REQUIRED: { error: 'unauthorized' },
  INVALID_CREDENTIALS: { error: 'invalid_credentials' },
  LOGIN_DISABLED: { error: 'auth_disabled', status: 400 },
};

function extrasOf(error: AppError): Partial<SdcppErrorDto> {
  if (error.code === 'MODEL_LOAD_FAILED') return { success: false, status: 'failed' };
  return error instanceof ChoiceLoadingError ? { loaded_model: error.loading } : {};
}

export const SDCPP_ERRORS: ErrorForm = {
  body: SdcppErrorDto,
  reply: (error) => {
    const { message, code } = error;
    const word = WORDS[code];
    return {
      status: word?.status ?? error.status,
      headers: error.headers,
      body: { error: word?.error ?? message, message, code, ...extrasOf(error) },
    };
  },
};

/** Describes a route of this dialect. */
export const Describe = describer(SDCPP_ERRORS);
