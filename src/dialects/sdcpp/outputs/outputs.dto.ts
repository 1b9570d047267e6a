import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsInt, Max, Min } from 'class-validator';
import { Optional } from '../../../common/index.js';
import { LinkQuery } from '../../../files/index.js';
import { FOLDER_ORDERS, type FolderQuery } from '../../../queue/index.js';

function integer({ value }: { value: unknown }): unknown {
  return typeof value === 'string' && /^\d{1,7}$/.test(value) ? Number(value) : value;
}

const FOLDERS_SHOWN = 100;

/** The query of a folder or a file. */
export class SdcppOutputQueryDto extends LinkQuery {
  @ApiPropertyOptional({ enum: FOLDER_ORDERS, default: 'name' })
  @Optional()
  @IsIn(FOLDER_ORDERS, { message: `sort must be one of ${FOLDER_ORDERS.join(', ')}` })
  sort?: FolderQuery['sort_by'];

  @ApiPropertyOptional({ enum: ['asc', 'desc'], default: 'asc' })
  @Optional()
  @IsIn(['asc', 'desc'], { message: 'order must be asc or desc' })
  order?: FolderQuery['sort_order'];

  @ApiPropertyOptional({ type: 'integer', minimum: 1, default: 1, description: 'Of the folders.' })
  @Transform(integer)
  @Optional()
  @IsInt({ message: 'page must be a whole number' })
  @Min(1, { message: 'page must be 1 or more' })
  @Max(1_000_000, { message: 'page must be at most 1000000' })
  page?: number;
}

/** Which folders are asked for. */
export function folderQueryOf({ sort, order, page }: SdcppOutputQueryDto): FolderQuery {
  return {
    sort_by: sort ?? 'name',
    sort_order: order ?? 'asc',
    limit: FOLDERS_SHOWN,
    page: page ?? 1,
  };
}
