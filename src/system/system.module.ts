import { Module, type DynamicModule } from '@nestjs/common';
import { DIALECTS } from '../dialects/index.js';
import { ModelsModule } from '../models/index.js';
import { QueueModule } from '../queue/index.js';
import { SettingsModule } from '../settings/index.js';
import { ConfigController } from './config.controller.js';
import { CoreDocsController, dialectDocs } from './api-docs.js';
import { HealthController } from './health.controller.js';
import { MachineService } from './machine.service.js';
import { MetricsController } from './metrics.controller.js';
import { Metrics } from './metrics.js';
import { LogController } from './logs/log.controller.js';
import { LogTail } from './logs/log-tail.js';
import { RatesController } from './rates.controller.js';
import { RequestMetrics } from './request-metrics.js';
import { RESTART, type Restart } from './restart.js';
import { StatusController } from './status.controller.js';
import { StatusService } from './status.service.js';
import { SystemController } from './system.controller.js';
import { SystemNews } from './system-news.js';
import { VersionController } from './version.controller.js';

export interface SystemParts {
  /** How to restart the server; without it, it refuses to. */
  restart?: Restart;
  /** What the logger wrote; without it, there is nothing to show. */
  log?: LogTail;
}

@Module({
  imports: [ModelsModule, QueueModule, SettingsModule],
  controllers: [
    HealthController,
    StatusController,
    VersionController,
    ConfigController,
    SystemController,
    RatesController,
    LogController,
    MetricsController,
    CoreDocsController,
    ...DIALECTS.map(dialectDocs),
  ],
  providers: [MachineService, Metrics, RequestMetrics, StatusService, SystemNews],
})
export class SystemModule {
  /** With a way to restart the server and with what its logger wrote, where whoever started it has them. */
  static with({ restart, log = new LogTail() }: SystemParts): DynamicModule {
    return {
      module: SystemModule,
      providers: [
        { provide: RESTART, useValue: restart },
        { provide: LogTail, useValue: log },
      ],
    };
  }
}
