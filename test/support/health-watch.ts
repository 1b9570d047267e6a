import { setTimeout as pause } from 'node:timers/promises';
import { call } from './client.js';

const EVERY_MS = 50;

export interface HealthReport {
  answers: number;
  /** What was not a good answer, in words. */
  faults: string[];
  /** Milliseconds of the slowest answer. */
  slowest: number;
}

/** Asks a server for its health, over and over until told to stop. */
export function watchHealth(url: string): () => Promise<HealthReport> {
  const report: HealthReport = { answers: 0, faults: [], slowest: 0 };
  let stopped = false;
  const ask = async (): Promise<void> => {
    const asked = performance.now();
    const fault = await call(url, { path: '/api/health' }).then(
      ({ status }) => (status === 200 ? undefined : `status ${status}`),
      (error: unknown) => String(error),
    );
    report.answers += 1;
    report.slowest = Math.max(report.slowest, performance.now() - asked);
    if (fault !== undefined) report.faults.push(fault);
  };
  const watching = (async () => {
    while (!stopped) {
      await ask();
      await pause(EVERY_MS);
    }
  })();
  return async () => {
    stopped = true;
    await watching;
    return report;
  };
}
