import { AppError } from './errors.js';

/** 507: the disk is full, or a quota is used up. */
export class InsufficientStorageError extends AppError {
  constructor(cause?: unknown) {
    super(
      'INSUFFICIENT_STORAGE',
      507,
      'The disk of the server is full. Delete jobs or models that are no longer needed, or have an administrator make room; then try again.',
      { cause, logLevel: 'warn' },
    );
  }
}

/** Codes of SQLite for writes that failed; an EDQUOT comes as an I/O error. Failed reads are another matter. */
const FAILED_WRITE =
  /^SQLITE_(FULL|IOERR|IOERR_(WRITE|FSYNC|DIR_FSYNC|TRUNCATE|SHMOPEN|SHMSIZE|SHMMAP|CLOSE|DELETE))$/;
const FULL_DISK = new Set(['ENOSPC', 'EDQUOT']);

/** How deep an error may lie in others: TypeORM's around SQLite's, ours around those. */
const DEPTH = 5;

/** Whether this was thrown because there is no room on a disk, whatever wraps it. */
export function isStorageError(error: unknown): boolean {
  let inner = error;
  for (let depth = 0; depth < DEPTH && inner instanceof Error; depth += 1) {
    const { code } = inner as NodeJS.ErrnoException;
    if (inner instanceof InsufficientStorageError) return true;
    if (typeof code === 'string' && (FULL_DISK.has(code) || FAILED_WRITE.test(code))) return true;
    inner = (inner as { driverError?: unknown }).driverError ?? inner.cause;
  }
  return false;
}
