import { Module } from '@nestjs/common';
import { SdcppDrawingModule } from './drawing.module.js';
import { SdcppJobsModule } from './jobs.module.js';
import { SdcppTextModule } from './text.module.js';
import { SdcppTransfersModule } from './transfers.module.js';

@Module({ imports: [SdcppDrawingModule, SdcppJobsModule, SdcppTextModule, SdcppTransfersModule] })
export class SdcppModule {}
