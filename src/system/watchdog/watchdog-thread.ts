import { writeSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { workerData } from 'node:worker_threads';
import { StandstillDetector } from './standstill-detector.js';
import { PROBE, STANDSTILL_EXIT_CODE, type Probed, type WatchdogData } from './watchdog-data.js';

/** Milliseconds that the main thread has to end the process with the code for a standstill. */
const EXIT_MS = 2000;

const STDERR = 2;

const { beats, limits, logFormat } = workerData as WatchdogData;
const detector = new StandstillDetector(limits, performance.now());

/** Writes at once, whatever becomes of the process then. */
function log(level: 'warn' | 'error', message: string): void {
  const { pid } = process;
  const line =
    logFormat === 'json'
      ? JSON.stringify({ level, pid, timestamp: Date.now(), message, context: 'Watchdog' })
      : `[Nest] ${pid}  - ${new Date().toLocaleString()} ${level.toUpperCase()} [Watchdog] ${message.replaceAll('\n', '\n    | ')}`;
  try {
    writeSync(STDERR, `${line}\n`);
  } catch {
    // A log that nobody reads must not keep this from its work.
  }
}

/**
 * Evaluates something in the main thread, in the middle of whatever that is doing; where it is in native code,
 * when it comes back from there. No debugger is needed for it, which would slow the thread down afterwards.
 */
async function inMainThread<Result>(expression: string): Promise<Result> {
  const session = new Session();
  session.connectToMainThread();
  try {
    const { result } = await session.post('Runtime.evaluate', { expression, returnByValue: true });
    return result.value as Result;
  } finally {
    session.disconnect();
  }
}

async function report(): Promise<void> {
  const seconds = (detector.standsMs / 1000).toFixed(1);
  log(
    'warn',
    `The event loop has stood still for ${seconds} s. Its stack follows as soon as it can be read.`,
  );
  const { stack, routes } = await inMainThread<Probed>(`globalThis[Symbol.for('${PROBE}')]()`);
  const requests = routes.length > 0 ? routes.join(', ') : 'none';
  log(
    'warn',
    `What stood in the way of the event loop:\n${stack}\nRequests in progress: ${requests}`,
  );
}

async function end(): Promise<void> {
  const seconds = (detector.standsMs / 1000).toFixed(1);
  log(
    'error',
    `The event loop has stood still for ${seconds} s: the process ends with the code ${STANDSTILL_EXIT_CODE}, to be started again.`,
  );
  void inMainThread(`process.reallyExit(${STANDSTILL_EXIT_CODE})`);
  await pause(EXIT_MS);
  // It is in native code and does not come back.
  process.kill(process.pid, 'SIGKILL');
}

const timer = setInterval(() => {
  const finding = detector.look(Atomics.load(beats, 0), performance.now());
  if (finding === 'report')
    report().catch((error: unknown) => log('warn', `Its stack cannot be read: ${String(error)}`));
  if (finding === 'end') {
    clearInterval(timer);
    void end();
  }
}, limits.everyMs);
