import { Controller, Get, Header } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Needs } from '../auth/index.js';
import { Describe } from '../common/index.js';
import { Metrics } from './metrics.js';

@ApiTags('system')
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  @Needs('system:metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @Describe({ summary: 'The server in numbers, for Prometheus', files: ['text/plain'] })
  read(): Promise<string> {
    return this.metrics.registry.metrics();
  }
}
