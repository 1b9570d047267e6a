import { AppError } from '../common/index.js';

const KIB = 1024;
const MIB = 1024 * KIB;

function sizeOf(bytes: number): string {
  return bytes < MIB ? `${Math.round(bytes / KIB)} KiB` : `${Math.round(bytes / MIB)} MiB`;
}

/** 413: the body is larger than this route takes. */
export class BodyTooLargeError extends AppError {
  /** @param setting that raises the bound; undefined where none does */
  constructor(limit: number, setting: string | undefined) {
    const more = setting === undefined ? '' : ` (setting ${setting})`;
    super('INVALID_PARAMETERS', 413, `The body of this request may have ${sizeOf(limit)}${more}.`);
  }
}

/** 503: so much is being received that there is no room for more. */
export class BodiesInFlightError extends AppError {
  constructor(whose: 'address' | 'all') {
    const what = whose === 'address' ? 'your address' : 'all clients together';
    super(
      'TOO_MUCH_IN_FLIGHT',
      503,
      `The server is receiving as much from ${what} as it takes at the same time. Send this again in a moment.`,
      { headers: { 'retry-after': '2' } },
    );
  }
}

/** 408: the body did not arrive in time. */
export class BodyTimeoutError extends AppError {
  constructor() {
    super('REQUEST_TIMEOUT', 408, 'The body of this request did not arrive in time.');
  }
}
