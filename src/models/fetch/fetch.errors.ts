import { AppError, ConflictError } from '../../common/index.js';

const MIB = 1024 * 1024;

function mib(bytes: number): string {
  return `${Math.ceil(bytes / MIB).toLocaleString('en')} MiB`;
}

/** 409: a file of this name is there already, and is not known to be the same. */
export class ModelExistsError extends ConflictError {
  /** @param path below the models folder */
  constructor(path: string) {
    const message = `There is a file "${path}" already. Delete it first, or choose another name or subfolder.`;
    super(message, 'MODEL_EXISTS');
  }
}

/** 507: the file does not fit on the disk, with what is to be left free. */
export class DiskFullError extends AppError {
  constructor({ needed, free, reserve }: { needed: number; free: number; reserve: number }) {
    const message = `The file needs ${mib(needed)}. The models disk has ${mib(free)} free, of which ${mib(reserve)} are to stay free.`;
    super('DISK_FULL', 507, message, { logLevel: 'warn' });
  }
}

/** 413: model files have a bound. */
export class ModelFileTooLargeError extends AppError {
  constructor(limitMb: number) {
    super('MODEL_FILE_TOO_LARGE', 413, `The file has more than ${limitMb} MiB.`);
  }
}

/** 422: the bytes that came are not those that were promised. Nothing is kept of them. */
export class ChecksumError extends AppError {
  constructor(expected: string, actual: string) {
    const message = `The file is not the one that was promised: its SHA-256 should be ${expected} and is ${actual}. It was removed.`;
    super('CHECKSUM_MISMATCH', 422, message);
  }
}

/** 502: the other server did not give the file. `reason` ends the sentence. */
export class ModelDownloadError extends AppError {
  /** @param isPassing whether another try may cure it, and goes on where this one stopped */
  constructor(
    reason: string,
    readonly isPassing = false,
    cause?: unknown,
  ) {
    super('MODEL_DOWNLOAD_FAILED', 502, `The model could not be downloaded: ${reason}.`, {
      cause,
      logLevel: 'warn',
    });
  }
}

/** 422: the file's own header says that it is no whole weight file. */
export class DamagedModelError extends AppError {
  constructor(name: string, why: string) {
    super('MODEL_FILE_DAMAGED', 422, `"${name}" is no whole weight file: ${why} It was removed.`);
  }
}
