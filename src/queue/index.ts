export { CANCELLED } from './active-job.js';
export { completed } from './completed.js';
export type { HistoryFilter } from './history-query.js';
export {
  HistoryService,
  type JobDay,
  type JobList,
  type JobListQuery,
  type OwnFilter,
} from './history.service.js';
export {
  fingerprintOf,
  IdempotencyService,
  type Answer,
} from './idempotency/idempotency.service.js';
export { Idempotent, type IdempotentOptions } from './idempotency/idempotent.js';
export { JobAccess } from './job-access.js';
export { JobArchive } from './job-archive.js';
export { JobFollower } from './job-follower.js';
export { JobEnds } from './job-ends.js';
export type { JobDetails, JobView, QueueStatus } from './job.dto.js';
export type {
  JobHandler,
  JobOutput,
  JobPreview,
  JobProgress,
  JobResult,
  RunningJob,
} from './job-handler.js';
export type { NewJob } from './job-intake.js';
export type { Upload } from './job.entity.js';
export type { JobOrigin } from './job.entity.js';
export { JobWaiter, type WaitOptions } from './job-waiter.js';
export { OwnJobs, type OpenFilter, type StepPreview } from './own-jobs.js';
export { RateBook, type RateWindow } from './job-rates.js';
export { JobRemoval } from './job-removal.js';
export { JOB_STATES, type JobState } from './job-state.js';
export type { Lane } from './lanes.js';
export { OutputList } from './output-list.js';
export type { ListedOutputDto as ListedOutput } from './output-list.dto.js';
export {
  FOLDER_ORDERS,
  OutputFolders,
  type FolderPage,
  type FolderQuery,
  type OutputFolder,
} from './output-folders.js';
export { QueueFigures } from './queue-figures.js';
export { QueueModule } from './queue.module.js';
export {
  IdempotencyKeyReusedError,
  JobCancelledError,
  JobFailedError,
  JobNotFoundError,
  JobNotRetryableError,
  RetryJobError,
  SUBMISSION_ERRORS,
} from './queue.errors.js';
export { QueueService, type Lesson } from './queue.service.js';
export { RecycleBin, type BinnedJob, type DeletionOutcome } from './recycle-bin.js';
