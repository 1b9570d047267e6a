import { AppError } from '../common/index.js';

/** 410: it was here, and was removed to make room. */
export class OutputExpiredError extends AppError {
  constructor() {
    super('OUTPUT_EXPIRED', 410, 'This file was removed to make room. Its job is still there.');
  }
}

/** 403: outputs are given out by signed links only, and this is none that is good. */
export class LinkRefusedError extends AppError {
  constructor(reason: 'missing' | 'wrong' | 'expired' | 'revoked') {
    const what = {
      missing: 'Outputs are given out by signed links here; the owner of the job can make one.',
      wrong: 'The signature of this link is wrong.',
      revoked: 'Whoever signed this link may no longer see the job; its owner can make another.',
      expired: 'This link has expired; the owner of the job can make another.',
    };
    super('LINK_REFUSED', 403, what[reason]);
  }
}

/** 416: the file does not have the range that was asked for. */
export class RangeError extends AppError {
  constructor(bytes: number | undefined) {
    super('RANGE_NOT_SATISFIABLE', 416, 'The file does not have this range.', {
      headers: bytes === undefined ? {} : { 'content-range': `bytes */${bytes}` },
    });
  }
}

/** 412: the file is not as the request wants it to be. */
export class PreconditionError extends AppError {
  constructor() {
    super('PRECONDITION_FAILED', 412, 'The file is not as the request wants it to be.');
  }
}

/** 415: this file has no thumbnail. */
export class NoThumbnailError extends AppError {
  constructor(cause?: unknown) {
    super('NO_THUMBNAIL', 415, 'There is no thumbnail of this file.', { cause });
  }
}
