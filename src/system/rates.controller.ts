import { Controller, Get, Query } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { Needs } from '../auth/index.js';
import { Describe, unixSeconds } from '../common/index.js';
import { RateBook, type RateWindow } from '../queue/index.js';

const MINUTE_MS = 60_000;

/** How far back, and in slots of which length. */
const SPANS = {
  hour: { step: MINUTE_MS, slots: 60 },
  day: { step: 15 * MINUTE_MS, slots: 96 },
} as const;

type Span = keyof typeof SPANS;

const SPAN_NAMES = Object.keys(SPANS) as Span[];

const COUNT = { type: 'integer', minimum: 0 } as const;

export class RatesQueryDto {
  @ApiProperty({
    required: false,
    enum: SPAN_NAMES,
    default: 'hour',
    description: 'The last hour by the minute, or the last day by quarters of an hour.',
  })
  @IsIn(SPAN_NAMES, { message: `span must be one of ${SPAN_NAMES.join(', ')}` })
  span: Span = 'hour';
}

class RatePointDto {
  @ApiProperty({ type: 'integer', description: 'When the slot begins, in Unix seconds.' })
  time!: number;

  @ApiProperty(COUNT)
  completed!: number;

  @ApiProperty(COUNT)
  failed!: number;

  @ApiProperty(COUNT)
  cancelled!: number;

  @ApiProperty({ ...COUNT, description: 'Jobs that waited at its end; now, in the last one.' })
  waiting!: number;

  @ApiProperty({ ...COUNT, description: 'Jobs in progress at its end; now, in the last one.' })
  running!: number;
}

class KindRateDto {
  @ApiProperty({ example: 'text2img' })
  kind!: string;

  @ApiProperty(COUNT)
  completed!: number;

  @ApiProperty(COUNT)
  failed!: number;

  @ApiProperty(COUNT)
  cancelled!: number;

  @ApiProperty({
    type: 'number',
    nullable: true,
    description: 'Milliseconds that a completed job was worked on; null where none completed.',
  })
  mean_time!: number | null;
}

export class RatesDto {
  @ApiProperty({ enum: SPAN_NAMES })
  span!: Span;

  @ApiProperty({ type: 'integer', description: 'Seconds of a slot.' })
  step!: number;

  @ApiProperty({ type: [RatePointDto], description: 'Oldest first; the last slot is not over.' })
  points!: RatePointDto[];

  @ApiProperty({ type: [KindRateDto] })
  kinds!: KindRateDto[];
}

/** The span up to now, in slots that begin with a minute or a quarter of an hour. */
function windowOf(span: Span, now: number): RateWindow {
  const { step, slots } = SPANS[span];
  return { from: (Math.floor(now / step) + 1 - slots) * step, step, slots };
}

@ApiTags('system')
@Controller('api/system/rates')
export class RatesController {
  constructor(private readonly book: RateBook) {}

  @Get()
  @Needs('system:manage')
  @Describe({
    summary: 'How much work there was: jobs that ended, waited and ran, of all users',
    details:
      'Counted from the jobs that there are: one that was removed for good is in no figure any more, and one that was interrupted counts as waiting until it was begun for the last time.',
    reply: RatesDto,
    example: {
      span: 'hour',
      step: 60,
      points: [
        { time: 1_763_700_000, completed: 3, failed: 0, cancelled: 1, waiting: 2, running: 1 },
      ],
      kinds: [{ kind: 'text2img', completed: 3, failed: 0, cancelled: 1, mean_time: 1840 }],
    },
  })
  async rates(@Query() { span }: RatesQueryDto): Promise<RatesDto> {
    const window = windowOf(span, Date.now());
    const { slots, kinds } = await this.book.over(window);
    return {
      span,
      step: window.step / 1000,
      points: slots.map((slot, index) => ({
        time: unixSeconds(new Date(window.from + index * window.step)),
        ...slot,
      })),
      kinds: kinds.map(({ mean, ...rate }) => ({
        ...rate,
        mean_time: mean === null ? null : Math.round(mean),
      })),
    };
  }
}
