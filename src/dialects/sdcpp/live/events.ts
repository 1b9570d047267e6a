import type { EventName } from '../../../auth/index.js';
import type { JobUpdate } from '../../../events/index.js';
import type { JobDetails, StepPreview } from '../../../queue/index.js';
import { optionsOf, progressOf } from '../jobs/progress.js';
import { outputsOf } from '../jobs/view.js';
import { instantOf, statusOf, typeOf } from '../jobs/words.js';

/** One message of the socket (seed sdcpp-restapi, "WebSocket Support"). */
export interface LiveEvent {
  event: EventName;
  /** ISO 8601 in UTC, with milliseconds. */
  timestamp: string;
  data: object;
}

export function eventOf(event: EventName, data: object, now = new Date()): LiveEvent {
  return { event, timestamp: now.toISOString(), data };
}

type State = JobUpdate['status'];

export function added(job: JobDetails, position: number | undefined): LiveEvent {
  return eventOf('job_added', {
    job_id: job.id,
    type: typeOf(job.kind),
    queue_position: position ?? job.position ?? 0,
    ...(job.label === null ? {} : { title: job.label }),
  });
}

/** What is told when a job comes into another state. */
export function moved(
  job: JobDetails,
  { status: state, error }: Pick<JobUpdate, 'status' | 'error'>,
  before: State,
  groupFolders: boolean,
): LiveEvent[] {
  const end = job.end_time === null ? {} : { completed_at: instantOf(job.end_time) };
  const changed = eventOf('job_status_changed', {
    job_id: job.id,
    status: statusOf(state),
    previous_status: statusOf(before),
    ...(state === 'completed' ? { outputs: outputsOf(job, groupFolders) } : {}),
    ...(error ? { error: error.message } : {}),
    ...(job.start_time === null ? {} : { started_at: instantOf(job.start_time) }),
    ...end,
  });
  if (state !== 'cancelled') return [changed];
  return [changed, eventOf('job_cancelled', { job_id: job.id, ...end })];
}

export function advanced({ parameters }: JobDetails, update: JobUpdate): LiveEvent {
  const progress = progressOf(update, optionsOf(parameters));
  return eventOf('job_progress', { job_id: update.job_id, ...progress });
}

/**
 * The picture in the making: as older clients read it, and where newer ones fetch it.
 * @param image as a data URL
 */
export function previewed(
  { parameters }: JobDetails,
  update: JobUpdate,
  image: string,
  { width, height }: Pick<StepPreview, 'width' | 'height'>,
): LiveEvent {
  const { job_id } = update;
  const { step } = progressOf(update, optionsOf(parameters));
  return eventOf('job_preview', {
    job_id,
    step,
    frame_count: 1,
    width,
    height,
    is_noisy: false,
    image,
    preview_url: `/jobs/${job_id}/preview`,
  });
}

/** What becomes of a model that its user has chosen, out of the job that loads it. */
export function loading(job: JobDetails, update: JobUpdate): LiveEvent {
  const { current_step: step, total_steps } = update;
  return eventOf('model_loading_progress', { model_name: job.prompt, step, total_steps });
}
