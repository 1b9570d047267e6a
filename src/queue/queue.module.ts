import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { User } from '../auth/index.js';
import { BinnedJobs } from './binned-jobs.js';
import { DeferredJobs } from './deferred-jobs.js';
import { HistoryService } from './history.service.js';
import { CountedTries } from './idempotency/counted-tries.js';
import { IdempotencyKey } from './idempotency/idempotency-key.entity.js';
import { IdempotencyService } from './idempotency/idempotency.service.js';
import { JobAccess } from './job-access.js';
import { JobAnnouncer } from './job-announcer.js';
import { JobArchive } from './job-archive.js';
import { JobEndings } from './job-endings.js';
import { JobEnds } from './job-ends.js';
import { JobFollower } from './job-follower.js';
import { JobIntake } from './job-intake.js';
import { JobLinks } from './job-links.js';
import { Job, JobTag, JobUpload, QueueShare } from './job.entity.js';
import { JobOutputRow } from './job-output.entity.js';
import { RateBook } from './job-rates.js';
import { JobOwners } from './job-owners.js';
import { JobRemoval } from './job-removal.js';
import { JobRepository } from './job.repository.js';
import { JobRunner } from './job-runner.js';
import { JobViews } from './job-views.js';
import { JobWaiter } from './job-waiter.js';
import { JobWork } from './job-work.js';
import { OutputFolders } from './output-folders.js';
import { OutputList } from './output-list.js';
import { OutputsController } from './outputs.controller.js';
import { OwnJobs } from './own-jobs.js';
import { QueueFigures } from './queue-figures.js';
import { QueueController } from './queue.controller.js';
import { QueueNews } from './queue-news.js';
import { QueueService } from './queue.service.js';
import { RecycleBin } from './recycle-bin.js';
import { RecycleBinController } from './recycle-bin.controller.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([
      Job,
      JobTag,
      JobUpload,
      JobOutputRow,
      QueueShare,
      IdempotencyKey,
      User,
    ]),
  ],
  controllers: [QueueController, OutputsController, RecycleBinController],
  providers: [
    BinnedJobs,
    CountedTries,
    DeferredJobs,
    HistoryService,
    IdempotencyService,
    JobAccess,
    JobAnnouncer,
    JobArchive,
    JobEndings,
    JobEnds,
    JobFollower,
    JobIntake,
    JobLinks,
    JobOwners,
    JobRemoval,
    JobRepository,
    JobRunner,
    JobViews,
    JobWaiter,
    JobWork,
    OutputFolders,
    OutputList,
    OwnJobs,
    QueueFigures,
    QueueNews,
    QueueService,
    RateBook,
    RecycleBin,
  ],
  exports: [
    CountedTries,
    HistoryService,
    IdempotencyService,
    JobAccess,
    JobArchive,
    JobEnds,
    JobFollower,
    JobRemoval,
    OutputFolders,
    JobWaiter,
    OwnJobs,
    QueueFigures,
    QueueService,
    RateBook,
    RecycleBin,
  ],
})
export class QueueModule {}
