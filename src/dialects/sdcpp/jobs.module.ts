import { Module } from '@nestjs/common';
import { GenerateModule } from '../../generate/index.js';
import { SettingsModule } from '../../settings/index.js';
import { SdcppMemoryController } from './memory.controller.js';
import { SdcppMemory } from './memory.service.js';
import { SdcppPreviewsController } from './previews.controller.js';
import { SdcppSettingsController } from './settings.controller.js';
import { SdcppSettings } from './settings.service.js';

/** Jobs, their outputs and previews, what the web UI keeps, and news of it all. */
@Module({
  imports: [GenerateModule, SettingsModule],
  controllers: [SdcppMemoryController, SdcppPreviewsController, SdcppSettingsController],
  providers: [SdcppMemory, SdcppSettings],
  exports: [SdcppMemory],
})
export class SdcppJobsModule {}
