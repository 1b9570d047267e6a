import type { JobView } from '../../../api/generated/types.gen.js';
import { bytes, duration } from '../../../lib/format.js';

export type Transfer = Pick<
  JobView,
  | 'kind'
  | 'status'
  | 'phase'
  | 'position'
  | 'progress'
  | 'current_step'
  | 'total_steps'
  | 'speed'
  | 'time_remaining'
>;

const PHASES: Readonly<Partial<Record<NonNullable<JobView['phase']>, string>>> = {
  downloading: 'Downloading',
  verifying: 'Checking',
  converting: 'Converting',
  saving: 'Saving',
};

function amounts({ current_step: done, total_steps: total }: Transfer): string {
  return total > 0 ? `${bytes(done)} of ${bytes(total)}` : bytes(done);
}

/** How far a download or a conversion is, in a line. The steps of a download are bytes. */
export function transferText(transfer: Transfer): string {
  const { kind, status, phase, position, progress, speed, time_remaining: left } = transfer;
  if (status === 'queued') return position === null ? 'Waits' : `Waits, number ${position} in line`;
  const parts = [
    (phase && PHASES[phase]) ?? 'Begins',
    kind === 'download' ? amounts(transfer) : `${Math.round(progress * 100)} %`,
    kind === 'download' && speed && `${bytes(speed)}/s`,
    left && `${duration(left)} left`,
  ];
  return parts.filter(Boolean).join(' · ');
}

/** 0 to 1; null while nobody knows. */
export function transferShare({ status, total_steps: total, progress }: Transfer): number | null {
  return status === 'processing' && total === 0 ? null : progress;
}
