import { inject, type InjectionKey } from 'vue';
import type { JobActions } from './job-actions.js';

export const JOB_ACTIONS: InjectionKey<JobActions> = Symbol('what can be done to jobs');

/** What can be done to jobs, as the view above gives it. */
export function useGivenActions(): JobActions {
  const actions = inject(JOB_ACTIONS);
  if (!actions) throw new Error('Only below the view of the queue.');
  return actions;
}
