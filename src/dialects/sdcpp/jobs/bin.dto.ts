import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsString, Length } from 'class-validator';
import { MOST_JOBS, SdcppJobDto } from './jobs.dto.js';

const COUNT = { type: 'integer', minimum: 0 } as const;

export class SdcppDeleteJobsDto {
  @ApiProperty({ type: [String], maxItems: MOST_JOBS })
  @IsArray({ message: 'job_ids array is required in request body' })
  @ArrayMinSize(1, { message: 'job_ids array cannot be empty' })
  @ArrayMaxSize(MOST_JOBS, { message: `job_ids must be at most ${MOST_JOBS}` })
  @IsString({ each: true, message: 'job_ids must be ids of jobs' })
  @Length(1, 64, { each: true, message: 'job_ids must be ids of jobs' })
  job_ids!: string[];
}

export class SdcppDeletedJobsDto {
  @ApiProperty({ enum: [true] })
  success!: true;

  @ApiProperty(COUNT)
  deleted!: number;

  @ApiProperty(COUNT)
  failed!: number;

  @ApiProperty(COUNT)
  total!: number;

  @ApiPropertyOptional({ type: [String] })
  failed_job_ids?: string[];
}

export class SdcppBinSettingsDto {
  @ApiProperty({ description: 'Whether deleted jobs can be restored.' })
  enabled!: boolean;

  @ApiProperty({ ...COUNT, description: 'Minutes that they can be.' })
  retention_minutes!: number;
}

export class SdcppBinDto extends SdcppBinSettingsDto {
  @ApiProperty({ enum: [true] })
  success!: true;

  @ApiProperty({ ...COUNT, description: 'All jobs in the bin, of which the latest are here.' })
  count!: number;

  @ApiProperty({ type: [SdcppJobDto] })
  items!: SdcppJobDto[];
}

export class SdcppPurgedDto {
  @ApiProperty({ enum: [true] })
  success!: true;

  @ApiProperty(COUNT)
  purged!: number;

  @ApiProperty()
  message!: string;
}
