import { AppError, ConflictError, ValidationError } from '../../../common/index.js';
import { ModelNotFoundError } from '../../../models/index.js';

/** 404: there is no such batch, or it is somebody else's. */
export class BatchNotFoundError extends AppError {
  constructor(id: string) {
    super('BATCH_NOT_FOUND', 404, `There is no batch "${id.slice(0, 100)}".`);
  }
}

/** 410: its jobs were deleted; they are not made again under the same id. */
export class BatchGoneError extends AppError {
  constructor(id: string) {
    super('BATCH_GONE', 410, `The jobs of batch "${id}" were deleted. Send it under a new id.`);
  }
}

/** 409: the id stands for another batch. */
export class BatchChangedError extends ConflictError {
  constructor(id: string) {
    super(
      `Batch "${id}" was sent with other requests before. Send it under a new id.`,
      'BATCH_CHANGED',
    );
  }
}

/**
 * 422: a model of the batch is not here. Not a 404, which its clients would take for a server without
 * batches.
 */
export class BatchModelError extends AppError {
  constructor(message: string) {
    super('MODEL_NOT_FOUND', 422, message);
  }
}

/** 503: what a batch makes is fetched later, so it must be kept. */
export class BatchesUnavailableError extends AppError {
  constructor() {
    super(
      'DURABLE_ADMISSION_UNAVAILABLE',
      503,
      'This server keeps no pictures (MOLD_OUTPUT_DIR is empty, or ATELIER_KEEP_ANSWERED is false), so it takes no batches.',
      { logLevel: 'info' },
    );
  }
}

/** Tells what is wrong with a request by its place in its batch. */
export async function inBatch<T>(index: number, work: () => Promise<T>): Promise<T> {
  const place = `requests[${index}]`;
  try {
    return await work();
  } catch (error) {
    if (error instanceof ModelNotFoundError) throw new BatchModelError(error.message);
    if (!(error instanceof ValidationError)) throw error;
    const problems = error.problems.map(({ field, message }) => ({
      field: `${place}.${field}`,
      message: `${place}: ${message}`,
    }));
    throw new ValidationError(problems);
  }
}
