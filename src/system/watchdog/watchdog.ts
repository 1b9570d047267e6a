import { url as inspectorUrl } from 'node:inspector';
import { Worker } from 'node:worker_threads';
import { workerFile } from '../../common/index.js';
import type { Config } from '../../config/index.js';
import type { RequestsInProgress } from '../../connections/index.js';
import { PROBE, type Probed, type WatchdogData } from './watchdog-data.js';

/** Milliseconds between two heartbeats, and between two looks at them. */
const EVERY_MS = 500;

/** Frames of the stack that is logged. */
const STACK_FRAMES = 50;

function stackNow(): string {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = STACK_FRAMES;
  const { stack = '' } = new Error('standstill');
  Error.stackTraceLimit = stackTraceLimit;
  // Without the message, this function and who asked.
  return stack.split('\n').slice(4).join('\n');
}

/**
 * Begins to watch the event loop from a thread of its own: a standstill is logged with its stack and the
 * requests in progress, and one that goes on ends the process, so that the supervisor of the service starts
 * it again. To be called when the server listens: a start may take long. Under a debugger nobody watches.
 */
export function watchEventLoop({ server }: Config, requests: RequestsInProgress): void {
  const { watchdogReportSeconds, watchdogEndSeconds, logFormat } = server;
  const isOff = watchdogReportSeconds === 0 && watchdogEndSeconds === 0;
  if (isOff || inspectorUrl() !== undefined) return;
  const beats = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const limits = {
    everyMs: EVERY_MS,
    reportMs: watchdogReportSeconds * 1000,
    endMs: watchdogEndSeconds * 1000,
  };
  const probe = (): Probed => ({ stack: stackNow(), routes: requests.routes });
  Object.defineProperty(globalThis, Symbol.for(PROBE), { value: probe });
  const data: WatchdogData = { beats, limits, logFormat };
  new Worker(workerFile(import.meta.url, 'watchdog-thread'), { workerData: data }).unref();
  setInterval(() => Atomics.add(beats, 0, 1), EVERY_MS).unref();
}
