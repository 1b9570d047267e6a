import type { JobProgress } from '../../queue/index.js';

/** Milliseconds between two reports. */
const EVERY_MS = 250;

/** Reports four times a second, a new phase at once, and the end. */
export function sometimes(report: (progress: JobProgress) => void): typeof report {
  let phase: JobProgress['phase'];
  let next = 0;
  return (progress) => {
    const now = performance.now();
    const isEnd = progress.step === progress.totalSteps;
    if (now < next && progress.phase === phase && !isEnd) return;
    phase = progress.phase;
    next = now + EVERY_MS;
    report(progress);
  };
}
