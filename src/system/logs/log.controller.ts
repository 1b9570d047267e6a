import { Controller, Get, Query } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsUUID, Length, Max, Min } from 'class-validator';
import { Needs } from '../../auth/index.js';
import { Describe, Optional } from '../../common/index.js';
import { LINE_LEVELS, LogTail, type LineLevel, type LogLine } from './log-tail.js';

/** Most lines of an answer. */
const BOUND = 2000;

function integerOf({ value }: { value: unknown }): unknown {
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
}

export class LogQueryDto {
  @ApiProperty({
    required: false,
    enum: LINE_LEVELS,
    default: 'debug',
    description: 'Lines that are this serious, or more.',
  })
  @IsIn(LINE_LEVELS, { message: `level must be one of ${LINE_LEVELS.join(', ')}` })
  level: LineLevel = 'debug';

  @ApiProperty({
    required: false,
    minLength: 1,
    maxLength: 200,
    description: 'Words that a line has, case aside.',
  })
  @Optional()
  @Length(1, 200, { message: 'search must have 1 to 200 characters' })
  search?: string;

  @ApiProperty({
    required: false,
    type: 'integer',
    minimum: 0,
    default: 0,
    description: 'Only lines with a higher id: the `newest` of the last answer.',
  })
  @Transform(integerOf)
  @IsInt({ message: 'after must be the id of a line' })
  @Min(0, { message: 'after must be the id of a line' })
  after = 0;

  @ApiProperty({
    required: false,
    format: 'uuid',
    description: 'The `run` of the last answer; after another start, `after` does not count.',
  })
  @Optional()
  @IsUUID(undefined, { message: 'run must be that of an earlier answer' })
  run?: string;

  @ApiProperty({ required: false, type: 'integer', minimum: 1, maximum: BOUND, default: 500 })
  @Transform(integerOf)
  @IsInt({ message: 'limit must be a whole number' })
  @Min(1, { message: 'limit must be 1 or more' })
  @Max(BOUND, { message: `limit must be ${BOUND} or less` })
  limit = 500;
}

class LogLineDto implements LogLine {
  @ApiProperty({ type: 'integer', description: 'Grows from line to line.' })
  id!: number;

  @ApiProperty({ type: 'integer', description: 'Unix time in milliseconds.' })
  time!: number;

  @ApiProperty({ enum: LINE_LEVELS })
  level!: LineLevel;

  @ApiProperty({ example: 'Request', description: 'The part of the server that wrote it.' })
  context!: string;

  @ApiProperty()
  message!: string;
}

export class LogLinesDto {
  @ApiProperty({ format: 'uuid', description: 'Of this start of the server.' })
  run!: string;

  @ApiProperty({
    type: 'integer',
    description: 'Id of the newest line, whether it is here or not.',
  })
  newest!: number;

  @ApiProperty({ type: [LogLineDto], description: 'Oldest first.' })
  lines!: LogLineDto[];
}

export const LOG_ROUTE = '/api/system/logs';

@ApiTags('system')
@Controller(LOG_ROUTE)
export class LogController {
  constructor(private readonly tail: LogTail) {}

  @Get()
  @Needs('system:manage')
  @Describe({
    summary: 'The newest lines of the log',
    details:
      'The last 2,000 since the start, from memory. Asking for them is no line of the log, so that who watches it does not fill it.',
    reply: LogLinesDto,
    example: {
      run: '3b1f7a64-0f0e-4c39-8f2d-5a7d9c1e2b30',
      newest: 42,
      lines: [
        {
          id: 42,
          time: 1_763_700_000_000,
          level: 'info',
          context: 'Atelier',
          message: 'Listening on http://127.0.0.1:8080',
        },
      ],
    },
  })
  read(@Query() { run, ...filter }: LogQueryDto): LogLinesDto {
    const { tail } = this;
    const isSame = run === undefined || run === tail.run;
    const lines = tail.read(isSame ? filter : { ...filter, after: 0 });
    return { run: tail.run, newest: tail.newest, lines };
  }
}
