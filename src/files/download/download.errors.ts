import { AppError } from '../../common/index.js';

/** 403: only public addresses are asked; does not tell what the name stands for. */
export class AddressRefusedError extends AppError {
  constructor() {
    super(
      'ADDRESS_NOT_ALLOWED',
      403,
      'Files are fetched from public addresses only, on the usual ports. This address is not one.',
    );
  }
}

/** 422: the other server could not be reached, or did not answer with a picture. `reason` ends the sentence. */
export class DownloadFailedError extends AppError {
  constructor(reason: string, cause?: unknown) {
    super('DOWNLOAD_FAILED', 422, `The picture could not be downloaded: ${reason}.`, { cause });
  }
}

/** 413: the other server's answer is larger than is accepted. */
export class DownloadTooLargeError extends AppError {
  constructor(limitMb: number) {
    super('DOWNLOAD_TOO_LARGE', 413, `The picture has more than ${limitMb} MiB.`);
  }
}

/** 415: what was downloaded is no picture, whatever the other server says. */
export class NotAPictureError extends AppError {
  constructor() {
    super('NOT_A_PICTURE', 415, 'What is there is not a PNG, JPEG, WebP, GIF or AVIF picture.');
  }
}

/** 429: too many downloads, of this address or of all. */
export class TooManyDownloadsError extends AppError {
  constructor(retryAfterSeconds: number) {
    super('RATE_LIMITED', 429, 'Too many downloads. Try again a little later.', {
      headers: { 'retry-after': String(retryAfterSeconds) },
    });
  }
}
