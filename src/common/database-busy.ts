import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from './errors.js';

/** Milliseconds for which a statement waits for another program that writes to the database. */
const PATIENCE_MS = 30_000;

/** Milliseconds between two tries, at first and at most. */
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 250;

/** Seconds after which a caller should try again. */
const RETRY_AFTER_SECONDS = 10;

/** How deep SQLite's error may lie in TypeORM's. */
const DEPTH = 3;

/** 503: another program, such as a backup or a command, has been writing to the database for too long. */
export class DatabaseBusyError extends AppError {
  constructor(cause?: unknown) {
    super(
      'DATABASE_BUSY',
      503,
      'Another program is writing to the database of the server. Try again in a moment.',
      { cause, headers: { 'retry-after': String(RETRY_AFTER_SECONDS) }, logLevel: 'warn' },
    );
  }
}

/** Whether a statement failed because another program holds the lock of the database. */
export function isBusyError(error: unknown): boolean {
  let inner = error;
  for (let depth = 0; depth < DEPTH && inner instanceof Error; depth += 1) {
    if (inner instanceof DatabaseBusyError) return true;
    const { code } = inner as NodeJS.ErrnoException;
    if (typeof code === 'string' && /^SQLITE_(BUSY|LOCKED)(_|$)/.test(code)) return true;
    inner = (inner as { driverError?: unknown }).driverError ?? inner.cause;
  }
  return false;
}

/**
 * Does the work again while another program writes to the database; the event loop goes on meanwhile.
 * @param work leaves nothing behind when it fails
 * @throws DatabaseBusyError when that takes too long
 */
export async function retryWhileBusy<T>(
  work: () => T | Promise<T>,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  const end = performance.now() + patienceMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!isBusyError(error)) throw error;
      if (performance.now() >= end) throw new DatabaseBusyError(error);
      await pause(pauseMs);
    }
  }
}
