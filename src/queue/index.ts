export type { JobDetails, JobView, QueueStatus } from './job.dto.js';
export type { JobHandler, JobOutput, JobProgress, JobResult, RunningJob } from './job-handler.js';
export { QueueFigures } from './queue-figures.js';
export { QueueModule } from './queue.module.js';
export { RetryJobError } from './queue.errors.js';
export { QueueService, type NewJob } from './queue.service.js';
