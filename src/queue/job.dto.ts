import { ApiExtraModels, ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsUUID } from 'class-validator';
import { unixSeconds } from '../common/index.js';
import { JOB_PHASES } from '../events/index.js';
import type { JobOutput } from './job-handler.js';
import type { Job, JobFailure, JobOrigin } from './job.entity.js';
import { JOB_STATES } from './job-state.js';
import { LANES, type Lane } from './lanes.js';
import { restingView, type JobWatch, type ProgressView } from './job-watch.js';

export class CancelJobDto {
  @ApiProperty({ format: 'uuid', example: '0d9a3f52-6c1b-4f57-9d52-0a7f3c1b8e44' })
  @IsUUID('4', { message: 'job_id must be the id of a job' })
  job_id!: string;
}

export class JobFailureDto implements JobFailure {
  @ApiProperty({ example: 'GENERATION_FAILED' })
  code!: string;

  @ApiProperty()
  message!: string;
}

/** One finished file of a job, and where to get it. */
export class JobOutputDto implements JobOutput {
  @ApiProperty({ example: 'image_0.png' })
  filename!: string;

  @ApiProperty({ example: 'image/png' })
  content_type!: string;

  @ApiProperty({ type: 'integer', description: 'Bytes.' })
  size!: number;

  @ApiProperty({ type: 'integer', description: 'Pixels.' })
  width!: number;

  @ApiProperty({ type: 'integer', description: 'Pixels.' })
  height!: number;

  @ApiPropertyOptional({
    type: 'integer',
    description: 'Absent where nothing was drawn by chance.',
  })
  seed?: number;

  @ApiProperty({ description: 'Path on this server.' })
  url!: string;
}

export class JobOriginDto implements JobOrigin {
  @ApiProperty({ example: 'sdcpp' })
  dialect!: string;

  @ApiProperty({ type: Object, description: 'As the client sent it, without its pictures.' })
  params!: Record<string, unknown>;

  @ApiPropertyOptional({
    type: Object,
    description: "By what it is found, as its client's own id.",
  })
  tags?: Record<string, string>;
}

export class JobOwnerDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty()
  username!: string;
}

/**
 * A job as the core API shows it (seed stable-diffusion-cpp-rest, "Queue Management"); instants in Unix
 * seconds, durations in milliseconds, speed in steps a second.
 */
export class JobView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 'text2img' })
  kind!: string;

  @ApiProperty({ enum: JOB_STATES })
  status!: Job['state'];

  @ApiProperty()
  prompt!: string;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'Name of the model, where there is one.',
  })
  model!: string | null;

  @ApiProperty({ type: 'integer', description: 'Unix time in seconds.' })
  queued_time!: number;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Unix time in seconds.' })
  start_time!: number | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Unix time in seconds.' })
  end_time!: number | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: '1 is next; null when not waiting.',
  })
  position!: number | null;

  @ApiProperty({ required: false, enum: JOB_PHASES })
  phase?: ProgressView['phase'];

  @ApiProperty({ minimum: 0, maximum: 1 })
  progress!: number;

  @ApiProperty({ type: 'integer' })
  current_step!: number;

  @ApiProperty({ type: 'integer' })
  total_steps!: number;

  @ApiProperty({ type: 'integer', description: 'Milliseconds.' })
  time_elapsed!: number;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Milliseconds; null while not known.',
  })
  time_remaining!: number | null;

  @ApiProperty({
    type: 'number',
    nullable: true,
    description: 'Steps a second; null while not known.',
  })
  speed!: number | null;

  @ApiProperty({
    type: 'integer',
    description:
      'How often it was begun. Ends of the server never fail a job, however many there are.',
  })
  attempts!: number;

  @ApiProperty({ nullable: true, allOf: [{ $ref: '#/components/schemas/JobFailureDto' }] })
  error!: JobFailure | null;

  @ApiProperty({ type: [JobOutputDto] })
  outputs!: JobOutputDto[];

  @ApiProperty({ description: 'Whether the outputs were removed to make room.' })
  outputs_expired!: boolean;

  @ApiProperty({
    type: 'string',
    nullable: true,
    format: 'uuid',
    description: 'Id of the job of which this is another try.',
  })
  retry_of!: string | null;

  @ApiProperty({
    enum: LANES,
    description: 'The queue in which it waits; positions are within it.',
  })
  lane!: Lane;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'The title that its owner gave it.',
  })
  label!: string | null;

  @ApiProperty({
    type: 'string',
    nullable: true,
    format: 'uuid',
    description: 'Id of the job that must have completed before this one begins.',
  })
  after!: string | null;

  @ApiProperty({
    required: false,
    type: JobOwnerDto,
    description: 'Only for who may see the jobs of all.',
  })
  owner?: JobOwnerDto;
}

/** A job with what was asked for, every option with the value that was used. */
@ApiExtraModels(JobFailureDto, JobOriginDto)
export class JobDetails extends JobView {
  @ApiProperty({ type: Object, description: 'What was asked for, with every value that was used.' })
  parameters!: unknown;

  @ApiProperty({
    nullable: true,
    allOf: [{ $ref: '#/components/schemas/JobOriginDto' }],
    description: 'What a client of another API sent.',
  })
  origin!: JobOrigin | null;
}

export class JobReplyDto {
  @ApiProperty({ type: JobDetails })
  job!: JobDetails;
}

/** Of the jobs that a caller may not see, only that they are there. */
export class OtherJobsDto {
  @ApiProperty({ type: 'integer' })
  queued!: number;

  @ApiProperty({ type: 'integer' })
  processing!: number;
}

export class QueueStatus {
  @ApiProperty({
    type: 'integer',
    description: 'Jobs that wait for the engine, whoever they belong to.',
  })
  size!: number;

  @ApiProperty({ type: 'integer', description: 'Jobs that the engine works on.' })
  active_generations!: number;

  @ApiProperty({ description: 'Whether jobs are being taken into work.' })
  running!: boolean;

  @ApiProperty({
    required: false,
    type: JobFailureDto,
    description: 'Why no jobs are taken into work for now: the disk of the server is full.',
  })
  paused?: JobFailure;

  @ApiProperty({ type: OtherJobsDto, description: 'Of these, those that the caller may not see.' })
  others!: OtherJobsDto;

  @ApiProperty({ type: [JobView] })
  jobs!: JobView[];
}

export class QueueStatusReplyDto {
  @ApiProperty({ type: QueueStatus })
  queue!: QueueStatus;
}

export class CancelReplyDto {
  @ApiProperty({ enum: ['success'] })
  status!: 'success';

  @ApiProperty()
  message!: string;

  @ApiProperty({ format: 'uuid' })
  job_id!: string;
}

export function outputUrl(jobId: string, filename: string): string {
  return `/api/queue/job/${jobId}/output/${encodeURIComponent(filename)}`;
}

export function toJobView(job: Job, watch: JobWatch | undefined, position: number | null): JobView {
  return {
    id: job.id,
    kind: job.kind,
    status: job.state,
    prompt: job.title,
    model: job.model,
    queued_time: unixSeconds(job.createdAt),
    start_time: job.startedAt ? unixSeconds(job.startedAt) : null,
    end_time: job.finishedAt ? unixSeconds(job.finishedAt) : null,
    position,
    ...(watch ? watch.view() : restingView(job)),
    attempts: job.attempts,
    error: job.failure,
    outputs: (job.result?.outputs ?? []).map((output) => ({
      ...output,
      url: outputUrl(job.id, output.filename),
    })),
    outputs_expired: job.outputsExpiredAt !== null,
    retry_of: job.retryOf,
    lane: job.lane,
    label: job.label,
    after: job.after,
  };
}
