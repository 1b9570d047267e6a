import { AppError } from '../common/index.js';

/** 404: there is no such job, or it is somebody else's. */
export class JobNotFoundError extends AppError {
  constructor(id: string) {
    super('JOB_NOT_FOUND', 404, `There is no job "${id}".`);
  }
}

/** 409: the job has come to its end, so there is nothing left to cancel. */
export class JobFinishedError extends AppError {
  constructor(id: string, state: string) {
    super('JOB_FINISHED', 409, `Job "${id}" is ${state} already.`);
  }
}

/**
 * Thrown by a handler whose job failed through no fault of its own, for example because the engine
 * died under it: the job is tried again while it has attempts left, and fails with this reason otherwise.
 */
export class RetryJobError extends Error {
  override name = 'RetryJobError';

  constructor(readonly reason: AppError) {
    super(reason.message, { cause: reason });
  }
}
