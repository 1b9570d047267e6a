import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { Instant, Optional } from '../../../common/index.js';

/** What a signed link to a picture says. */
export class OpenaiFileQueryDto {
  @ApiPropertyOptional({ type: 'integer', description: 'Of a signed link: until when it is good.' })
  @Optional()
  @Instant()
  expires?: number;

  @ApiPropertyOptional({ description: 'Of a signed link: what proves it.' })
  @Optional()
  @IsString()
  @Length(1, 64, { message: 'signature must have 1 to 64 characters' })
  signature?: string;
}
