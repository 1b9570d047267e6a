import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { Instant, Optional } from '../common/index.js';
import type { LinkProof } from './output-access.js';

/** What a signed link says in its query, for other APIs than the core's. */
export class LinkQuery implements LinkProof {
  @ApiPropertyOptional({ type: 'integer', description: 'Of a signed link: until when it is good.' })
  @Optional()
  @Instant()
  expires?: number;

  @ApiPropertyOptional({ description: 'Of a signed link: what proves it.' })
  @Optional()
  @IsString()
  @Length(1, 160, { message: 'signature must have 1 to 160 characters' })
  signature?: string;
}
