import { Module } from '@nestjs/common';
import { FilesModule } from '../../files/index.js';
import { GenerateModule } from '../../generate/index.js';
import { ModelsModule } from '../../models/index.js';
import { QueueModule } from '../../queue/index.js';
import { RealtimeModule } from '../../realtime/index.js';
import { SettingsModule } from '../../settings/index.js';
import { SdcppDrawingModule } from './drawing.module.js';
import { SdcppJobModels } from './jobs/model.js';
import { SdcppJobsController } from './jobs/jobs.controller.js';
import { SdcppJobs } from './jobs/jobs.service.js';
import { SdcppLiveModels } from './live/models.js';
import { SdcppLive } from './live/live.service.js';
import { SdcppMemoryController } from './memory/memory.controller.js';
import { SdcppMemory } from './memory/memory.service.js';
import { SdcppOutputsController } from './outputs/outputs.controller.js';
import { SdcppOutputs } from './outputs/outputs.service.js';
import { SdcppPreviewsController } from './previews/previews.controller.js';
import { SdcppAutoUnloadController } from './settings/auto-unload.controller.js';
import { SdcppSettingsController } from './settings/settings.controller.js';
import { SdcppSettings } from './settings/settings.service.js';

/** Jobs, their outputs and previews, what the web UI keeps, and news of it all. */
@Module({
  imports: [
    FilesModule,
    GenerateModule,
    ModelsModule,
    QueueModule,
    RealtimeModule,
    SdcppDrawingModule,
    SettingsModule,
  ],
  controllers: [
    SdcppAutoUnloadController,
    SdcppJobsController,
    SdcppMemoryController,
    SdcppOutputsController,
    SdcppPreviewsController,
    SdcppSettingsController,
  ],
  providers: [
    SdcppJobModels,
    SdcppJobs,
    SdcppLive,
    SdcppLiveModels,
    SdcppMemory,
    SdcppOutputs,
    SdcppSettings,
  ],
  exports: [SdcppMemory],
})
export class SdcppJobsModule {}
