import { AppError, InvalidParametersError } from '../../../common/index.js';

/** 404: there is no such job, or it is somebody else's. */
export class SdcppJobNotFoundError extends AppError {
  constructor() {
    super('JOB_NOT_FOUND', 404, 'Job not found');
  }
}

/** 400: what is asked of a job cannot be done with it; one message whether it is not there or not so. */
export class SdcppJobRefusedError extends AppError {
  constructor(what: 'cancel' | 'restore' | 'purge') {
    const reasons = {
      cancel: 'Cannot cancel job (not found or already finished)',
      restore: 'Cannot restore job (not found or not in recycle bin)',
      purge: 'Cannot purge job (not found or not in recycle bin)',
    };
    super('JOB_REFUSED', 400, reasons[what]);
  }
}

/** 400: two ways to say where a list begins. */
export const PAGE_AND_OFFSET = new InvalidParametersError(
  "Pass either 'page' or 'offset', not both.",
);
