import { ApiProperty } from '@nestjs/swagger';
import { describer, type ErrorForm } from '../../common/index.js';

/** The body of every failed request (seed sdcpp-restapi, "Error Responses"). */
export class SdcppErrorDto {
  @ApiProperty({ description: 'What went wrong, for people.' })
  error!: string;

  @ApiProperty({ description: 'The same again, for the sign-in page.' })
  message!: string;

  @ApiProperty({ description: 'What went wrong, for programs; stable.', pattern: '^[A-Z][A-Z_]*$' })
  code!: string;
}

export const SDCPP_ERRORS: ErrorForm = {
  body: SdcppErrorDto,
  reply: ({ status, headers, message, code }) => ({
    status,
    headers,
    body: { error: message, message, code },
  }),
};

/** Describes a route of this dialect. */
export const Describe = describer(SDCPP_ERRORS);
