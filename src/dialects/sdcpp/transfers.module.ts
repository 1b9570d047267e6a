import { Module } from '@nestjs/common';
import { ModelsModule } from '../../models/index.js';
import { QueueModule } from '../../queue/index.js';
import { SdcppDownloadsController } from './transfers/downloads.controller.js';
import { SdcppUploadsController } from './transfers/uploads.controller.js';

/** Models that come from elsewhere, or become others. */
@Module({
  imports: [ModelsModule, QueueModule],
  controllers: [SdcppDownloadsController, SdcppUploadsController],
})
export class SdcppTransfersModule {}
