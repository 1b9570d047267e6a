import { ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsString } from 'class-validator';
import { Optional } from '../../../common/index.js';

/** Most batches that are asked for at once. */
const MOST = 200;

/** Which batches. */
export class MoldBatchStatusDto {
  @ApiPropertyOptional({ type: [String], maxItems: MOST })
  @Optional()
  @IsArray({ message: 'client_batch_ids must be a list' })
  @ArrayMaxSize(MOST)
  @IsString({ each: true, message: 'client_batch_ids must be a list of texts' })
  client_batch_ids?: string[];

  @ApiPropertyOptional({ type: [String], maxItems: MOST })
  @Optional()
  @IsArray({ message: 'batch_ids must be a list' })
  @ArrayMaxSize(MOST)
  @IsString({ each: true, message: 'batch_ids must be a list of texts' })
  batch_ids?: string[];
}
