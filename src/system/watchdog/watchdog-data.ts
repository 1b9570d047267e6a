import type { StandstillLimits } from './standstill-detector.js';

/** How the process ends whose event loop stood still (sysexits: an internal error). */
export const STANDSTILL_EXIT_CODE = 70;

/** Key of the symbol under which the main thread lets itself be asked what it is doing. */
export const PROBE = 'atelier.watchdog';

/** What the main thread says of itself. */
export interface Probed {
  stack: string;
  /** Of the requests in progress, such as `POST /api/generate/text2img`. */
  routes: string[];
}

/** What the watching thread works with. */
export interface WatchdogData {
  /** The number of heartbeats of the main thread. */
  beats: Int32Array<SharedArrayBuffer>;
  limits: StandstillLimits;
  logFormat: 'pretty' | 'json';
}
