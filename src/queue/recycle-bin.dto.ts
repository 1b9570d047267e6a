import { ApiProperty, PickType } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsUUID } from 'class-validator';
import { PageDto } from '../common/index.js';
import { HistoryQueryDto } from './history.dto.js';
import { JobDetails, JobFailureDto } from './job.dto.js';

/** Most jobs that are deleted or restored at once. */
const MOST_JOBS = 500;

export class BinQueryDto extends PickType(HistoryQueryDto, ['limit', 'page']) {}

export class JobIdsDto {
  @ApiProperty({ type: [String], format: 'uuid', minItems: 1, maxItems: MOST_JOBS })
  @IsArray({ message: 'job_ids must be a list of ids of jobs' })
  @ArrayMinSize(1, { message: 'job_ids must name a job' })
  @ArrayMaxSize(MOST_JOBS, { message: `job_ids must be at most ${MOST_JOBS}` })
  @IsUUID('4', { each: true, message: 'job_ids must be ids of jobs' })
  job_ids!: string[];
}

export class RefusedJobDto extends JobFailureDto {
  @ApiProperty({ format: 'uuid' })
  job_id!: string;
}

export class JobsMovedDto {
  @ApiProperty({
    type: [String],
    format: 'uuid',
    description: 'Ids of the jobs that it was done to.',
  })
  done!: string[];

  @ApiProperty({ type: [RefusedJobDto], description: 'Those that it was not done to, and why.' })
  refused!: RefusedJobDto[];
}

export class BinnedJobDto extends JobDetails {
  @ApiProperty({ type: 'integer', description: 'Unix time in seconds.' })
  deleted_at!: number;
}

export class BinDto extends PageDto {
  @ApiProperty({ description: 'Whether deleted jobs are kept to be restored at all.' })
  enabled!: boolean;

  @ApiProperty({ type: 'integer', description: 'For how many minutes they are.' })
  minutes!: number;

  @ApiProperty({ type: [BinnedJobDto], description: 'The latest deleted first.' })
  jobs!: BinnedJobDto[];
}
