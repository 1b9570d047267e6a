/** Every state of a job, as the core API names them; `cancelled` is ours. */
export const JOB_STATES = ['queued', 'processing', 'completed', 'failed', 'cancelled'] as const;

export type JobState = (typeof JOB_STATES)[number];

/**
 * What may follow what. A job in progress goes back to `queued` when its engine or its server died, or
 * when the server stops; one that waits fails when the job before it did. Nothing leaves a final state.
 */
const TRANSITIONS: Record<JobState, readonly JobState[]> = {
  queued: ['processing', 'failed', 'cancelled'],
  processing: ['completed', 'failed', 'cancelled', 'queued'],
  completed: [],
  failed: [],
  cancelled: [],
};

export function canMove(from: JobState, to: JobState): boolean {
  return TRANSITIONS[from].includes(to);
}

export function isFinal(state: JobState): boolean {
  return TRANSITIONS[state].length === 0;
}

/** The states from which one may get to this one; the condition of the SQL update that goes there. */
export function statesBefore(to: JobState): JobState[] {
  return JOB_STATES.filter((from) => canMove(from, to));
}

/** The states that a job never leaves. */
export const FINAL_STATES: readonly JobState[] = JOB_STATES.filter(isFinal);
