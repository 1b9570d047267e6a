import type { Permission } from '../auth/index.js';
import { AppError, ServerBusyError, TooManyRequestsError } from '../common/index.js';

/** 404: there is no such job, or it is somebody else's. */
export class JobNotFoundError extends AppError {
  constructor(id: string) {
    super('JOB_NOT_FOUND', 404, `There is no job "${id}".`);
  }
}

/** Why a job failed that was not begun: its owner has lost the permission that it needs. */
export class OwnerNotPermittedError extends AppError {
  constructor(permission: Permission) {
    super(
      'OWNER_NOT_PERMITTED',
      403,
      `This job was not done: it needs the permission "${permission}", which its owner no longer has.`,
    );
  }
}

/** Why a job failed that waited for another one. */
export class PrerequisiteFailedError extends AppError {
  constructor(id: string, state: string) {
    super('PREREQUISITE_FAILED', 409, `Job "${id}", which this one needed, is ${state}.`);
  }
}

/** 409: the job has come to its end, so there is nothing left to cancel. */
export class JobFinishedError extends AppError {
  constructor(id: string, state: string) {
    super('JOB_FINISHED', 409, `Job "${id}" is ${state} already.`);
  }
}

/**
 * Thrown by a handler whose job failed through no fault of its own, for example because
 * a hub did not answer (a death of the engine needs none): the job is tried again unless this was its second attempt to fail so, and fails with this reason then.
 */
export class RetryJobError extends Error {
  override name = 'RetryJobError';

  constructor(readonly reason: AppError) {
    super(reason.message, { cause: reason });
  }
}

/** 503: as many jobs wait as the server takes. `Retry-After` says when a place is free, at the present pace. */
export class QueueFullError extends AppError {
  constructor(limit: number, retryAfterSeconds: number) {
    super('QUEUE_FULL', 503, `The queue is full: ${limit} jobs wait. Try again a little later.`, {
      headers: { 'retry-after': String(retryAfterSeconds) },
      logLevel: 'warn',
    });
  }
}

/** 429: the user has as many unfinished jobs as one may have. */
export class TooManyJobsError extends AppError {
  constructor(limit: number, retryAfterSeconds: number) {
    super('TOO_MANY_JOBS', 429, `You have ${limit} unfinished jobs, the most one user may have.`, {
      headers: { 'retry-after': String(retryAfterSeconds) },
    });
  }
}

/** 429: the input images of the user's unfinished jobs are as large as they may be together. */
export class TooMuchInputError extends AppError {
  constructor(limitMb: number, retryAfterSeconds: number) {
    super(
      'TOO_MUCH_INPUT',
      429,
      `The input images of your unfinished jobs may have ${limitMb} MiB together. Wait until some of them are done.`,
      { headers: { 'retry-after': String(retryAfterSeconds) } },
    );
  }
}

/** 422: the key was used with another request. */
export class IdempotencyKeyReusedError extends AppError {
  constructor() {
    super(
      'IDEMPOTENCY_KEY_REUSED',
      422,
      'This Idempotency-Key was used for another request. Send a new key with a new request.',
    );
  }
}

/** How every request that submits a job may be refused, for the description of the API. */
export const SUBMISSION_ERRORS = [
  new IdempotencyKeyReusedError(),
  new TooManyJobsError(100, 12),
  new TooMuchInputError(1024, 12),
  new TooManyRequestsError('work on images', 2),
  new QueueFullError(1000, 12),
  new ServerBusyError('work on images', 2),
];

/** Why there is nothing for one who waited for a job: it failed, with this code and these words; a status of 500. */
export class JobFailedError extends AppError {
  constructor({ code, message }: { code: string; message: string }) {
    super(code, 500, message, { logLevel: 'info' });
  }
}

/** 409: somebody cancelled the job while another one waited for it. */
export class JobCancelledError extends AppError {
  constructor(id: string) {
    super('JOB_CANCELLED', 409, `Job "${id}" was cancelled.`);
  }
}

/** 409: only what failed or was cancelled can be tried again. */
export class JobNotRetryableError extends AppError {
  constructor(id: string, state: string) {
    super(
      'JOB_NOT_RETRYABLE',
      409,
      `Job "${id}" is ${state}; only failed and cancelled ones can be retried.`,
    );
  }
}

/** 409: the images that the job began from are gone. */
export class JobInputsExpiredError extends AppError {
  constructor(id: string) {
    super(
      'JOB_NOT_RETRYABLE',
      409,
      `The input images of job "${id}" were removed to make room. Send it again with its images.`,
    );
  }
}

/** 409: a job that waits or runs cannot be removed. */
export class JobUnfinishedError extends AppError {
  constructor(id: string, state: string) {
    super('JOB_UNFINISHED', 409, `Job "${id}" is ${state}; cancel it first.`);
  }
}

/** 400: what cannot be undone must be confirmed. */
export class ConfirmationRequiredError extends AppError {
  constructor() {
    super(
      'CONFIRMATION_REQUIRED',
      400,
      'This removes the job and its files for good. Add "?confirm=true" to do it.',
    );
  }
}

/** 409: there is no recycle bin, so that deleting would be for good. */
export class BinDisabledError extends AppError {
  constructor() {
    super(
      'BIN_DISABLED',
      409,
      'The recycle bin is off (ATELIER_BIN). Remove the job for good with DELETE /api/queue/job/:id.',
    );
  }
}
