import { Controller, Get } from '@nestjs/common';
import { Public } from '../auth/index.js';
import { unixSeconds, VERSION } from '../common/index.js';

export interface Health {
  status: 'healthy';
  /** Unix time in seconds. */
  timestamp: number;
  version: string;
}

/** Seed stable-diffusion-cpp-rest, "System Information". */
@Controller('api/health')
export class HealthController {
  /** Answers for as long as the server does, whatever becomes of the engine. */
  @Get()
  @Public()
  health(): Health {
    return { status: 'healthy', timestamp: unixSeconds(new Date()), version: VERSION };
  }
}
