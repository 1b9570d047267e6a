import { Module } from '@nestjs/common';
import { SdcppDrawingModule } from './drawing.module.js';
import { SdcppJobsModule } from './jobs.module.js';

@Module({ imports: [SdcppDrawingModule, SdcppJobsModule] })
export class SdcppModule {}
