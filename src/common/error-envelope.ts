import { ApiProperty } from '@nestjs/swagger';
import { unixSeconds } from './clock.js';
import type { AppError, FieldProblem } from './errors.js';

/** One thing that is wrong with one field, as it is sent. */
export class FieldProblemDto implements FieldProblem {
  @ApiProperty({ description: 'Path of the field as it was sent.', example: 'steps' })
  field!: string;

  @ApiProperty({
    description: 'What is wrong and what would be right.',
    example: 'steps must be a whole number from 1 to 150.',
  })
  message!: string;
}

export class ErrorDetails {
  @ApiProperty({ description: 'What went wrong, for people.' })
  message!: string;

  @ApiProperty({ description: 'What went wrong, for programs; stable.', pattern: '^[A-Z][A-Z_]*$' })
  code!: string;

  @ApiProperty({ type: 'integer', description: 'The HTTP status again.', example: 404 })
  status_code!: number;

  @ApiProperty({ description: 'The same as the header X-Request-Id; the log has it too.' })
  request_id!: string;

  @ApiProperty({ type: 'integer', description: 'Unix time in seconds.', example: 1763700000 })
  timestamp!: number;

  @ApiProperty({
    type: [FieldProblemDto],
    required: false,
    description: 'Only for errors of input: what is wrong, field by field.',
  })
  problems?: FieldProblem[];
}

/** The body of every failed request (seed stable-diffusion-cpp-rest, "Error Responses"). */
export class ErrorEnvelope {
  @ApiProperty({ type: ErrorDetails })
  error!: ErrorDetails;
}

export function toEnvelope(error: AppError, requestId: string, now = new Date()): ErrorEnvelope {
  return {
    error: {
      message: error.message,
      code: error.code,
      status_code: error.status,
      request_id: requestId,
      timestamp: unixSeconds(now),
      ...(error.problems.length > 0 ? { problems: error.problems } : {}),
    },
  };
}
