import { Controller, Get } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import { Public } from '../auth/index.js';
import { Describe, unixSeconds, VERSION } from '../common/index.js';
import { StorageMonitor } from '../storage/index.js';

export class HealthProblemDto {
  @ApiProperty({ example: 'INSUFFICIENT_STORAGE' })
  code!: string;

  @ApiProperty()
  message!: string;
}

export class HealthDto {
  @ApiProperty({ enum: ['healthy'] })
  status!: 'healthy';

  @ApiProperty({ type: 'integer', description: 'Unix time in seconds.' })
  timestamp!: number;

  @ApiProperty()
  version!: string;

  @ApiProperty({
    required: false,
    type: [HealthProblemDto],
    description: 'What is wrong with a server that answers all the same; absent while nothing is.',
  })
  problems?: HealthProblemDto[];
}

/** Seed stable-diffusion-cpp-rest, "System Information". */
@ApiTags('system')
@Controller('api/health')
export class HealthController {
  constructor(private readonly storage: StorageMonitor) {}

  /** Answers for as long as the server does, whatever becomes of the engine; with 503 once it is stopping. */
  @Get()
  @Public()
  @Describe({
    summary: 'Is the server there?',
    reply: HealthDto,
    example: { status: 'healthy', timestamp: 1763700000, version: '1.0.0' },
  })
  health(): HealthDto {
    const { problem } = this.storage;
    return {
      status: 'healthy',
      timestamp: unixSeconds(new Date()),
      version: VERSION,
      ...(problem ? { problems: [problem] } : {}),
    };
  }
}
