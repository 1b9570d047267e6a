import { Module, type DynamicModule } from '@nestjs/common';
import { DIALECTS } from '../dialects/index.js';
import { ModelsModule } from '../models/index.js';
import { QueueModule } from '../queue/index.js';
import { ConfigController } from './config.controller.js';
import { CoreDocsController, dialectDocs } from './api-docs.js';
import { HealthController } from './health.controller.js';
import { MachineService } from './machine.service.js';
import { MetricsController } from './metrics.controller.js';
import { Metrics } from './metrics.js';
import { RequestMetrics } from './request-metrics.js';
import { RESTART, type Restart } from './restart.js';
import { StatusController } from './status.controller.js';
import { StatusService } from './status.service.js';
import { SystemController } from './system.controller.js';
import { SystemNews } from './system-news.js';
import { VersionController } from './version.controller.js';

@Module({
  imports: [ModelsModule, QueueModule],
  controllers: [
    HealthController,
    StatusController,
    VersionController,
    ConfigController,
    SystemController,
    MetricsController,
    CoreDocsController,
    ...DIALECTS.map(dialectDocs),
  ],
  providers: [MachineService, Metrics, RequestMetrics, StatusService, SystemNews],
})
export class SystemModule {
  /** With a way to restart the server, where whoever started it knows one. */
  static with(restart?: Restart): DynamicModule {
    return { module: SystemModule, providers: [{ provide: RESTART, useValue: restart }] };
  }
}
