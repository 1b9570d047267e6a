import { Controller, Get } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import { Public } from '../auth/index.js';
import { Describe } from '../common/index.js';
import type { SystemUpdate } from '../events/index.js';
import { StatusService } from './status.service.js';

class ServerStatusDto {
  @ApiProperty()
  running!: boolean;

  @ApiProperty({ description: 'The address that is listened on.' })
  host!: string;

  @ApiProperty({ type: 'integer' })
  port!: number;
}

class QueueFiguresDto {
  @ApiProperty({ description: 'Whether jobs are taken into work.' })
  running!: boolean;

  @ApiProperty({ type: 'integer', description: 'Jobs that wait.' })
  queue_size!: number;

  @ApiProperty({ type: 'integer', description: 'Jobs in progress.' })
  active_generations!: number;
}

class ModelFiguresDto {
  @ApiProperty({ type: 'integer', description: 'Models in memory.' })
  loaded_count!: number;

  @ApiProperty({ type: 'integer', description: 'Models on disk.' })
  available_count!: number;
}

export class StatusDto implements SystemUpdate {
  @ApiProperty({ type: ServerStatusDto })
  server!: ServerStatusDto;

  @ApiProperty({ type: QueueFiguresDto })
  generation_queue!: QueueFiguresDto;

  @ApiProperty({ type: ModelFiguresDto })
  models!: ModelFiguresDto;
}

/** Seed stable-diffusion-cpp-rest, "System Information". */
@ApiTags('system')
@Controller('api/status')
export class StatusController {
  constructor(private readonly service: StatusService) {}

  @Get()
  @Public()
  @Describe({
    summary: 'How much there is to do',
    reply: StatusDto,
    example: {
      server: { running: true, host: 'localhost', port: 8080 },
      generation_queue: { running: true, queue_size: 5, active_generations: 1 },
      models: { loaded_count: 2, available_count: 10 },
    },
  })
  status(): Promise<StatusDto> {
    return this.service.status();
  }
}
