import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { JobAnnouncer } from './job-announcer.js';
import { Job } from './job.entity.js';
import { JobRepository } from './job.repository.js';
import { JobRunner } from './job-runner.js';
import { QueueFigures } from './queue-figures.js';
import { QueueController } from './queue.controller.js';
import { QueueService } from './queue.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([Job])],
  controllers: [QueueController],
  providers: [JobRepository, JobAnnouncer, JobRunner, QueueFigures, QueueService],
  exports: [QueueFigures, QueueService],
})
export class QueueModule {}
