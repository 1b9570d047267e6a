import { ApiProperty } from '@nestjs/swagger';
import { describer, type AppError, type ErrorForm } from '../../common/index.js';

/** The body of every failed request, as the original's API has it. */
export class A1111ErrorDto {
  @ApiProperty({ description: 'What kind of error; stable.', pattern: '^[A-Z][A-Z_]*$' })
  error!: string;

  @ApiProperty({ description: 'What went wrong, for people.' })
  detail!: string;

  @ApiProperty({ enum: [''] })
  body!: '';

  @ApiProperty({ description: 'What is wrong with which fields; empty where none is to blame.' })
  errors!: string;
}

function statusOf({ code, status }: AppError): number {
  return code === 'VALIDATION_ERROR' ? 422 : status;
}

export const A1111_ERRORS: ErrorForm = {
  body: A1111ErrorDto,
  reply: (error) => {
    const status = statusOf(error);
    const challenge: Record<string, string> =
      status === 401 ? { 'WWW-Authenticate': 'Basic realm="atelier"' } : {};
    const { code, message: detail, problems, headers } = error;
    const errors = problems.map(({ message }) => message).join(' ');
    return {
      status,
      headers: { ...headers, ...challenge },
      body: { error: code, detail, body: '', errors },
    };
  },
};

/** Describes a route of this dialect. */
export const Describe = describer(A1111_ERRORS);
