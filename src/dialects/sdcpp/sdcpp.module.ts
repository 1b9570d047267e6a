import { Module } from '@nestjs/common';
import { SdcppJobsModule } from './jobs.module.js';

@Module({ imports: [SdcppJobsModule] })
export class SdcppModule {}
