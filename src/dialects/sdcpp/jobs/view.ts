import type { BinnedJob, JobDetails } from '../../../queue/index.js';
import type { SdcppJobDto } from './jobs.dto.js';
import type { ModelSettings } from './model.js';
import { paramsOf } from './params.js';
import { optionsOf, progressOf } from './progress.js';
import { instantOf, statusOf, typeOf } from './words.js';
import { theirName } from '../outputs/path.js';

/** What the view of a job depends on besides the job. */
export interface JobViewContext {
  /** What stands before `/output/` in a whole address. */
  base: string;
  /** Whether the jobs of a group are in a folder of its name. */
  groupFolders: boolean;
  modelOf: (job: JobDetails) => ModelSettings;
}

/** The folder of a job's outputs, below `/output/`. */
function folderOf({ id, origin }: JobDetails, groupFolders: boolean): string {
  const group = origin?.params['variation_group_id'];
  return groupFolders && typeof group === 'string' && group !== '' ? `${group}/${id}` : id;
}

/** Paths of a job's outputs below `/output/`; none where they were removed to make room. */
export function outputsOf(job: JobDetails, groupFolders: boolean): string[] {
  if (job.outputs_expired) return [];
  const folder = folderOf(job, groupFolders);
  return job.outputs.map(({ filename }) => `${folder}/${theirName(filename)}`);
}

/** A job as clients of this API read it. */
export function toSdcppJob(job: JobDetails, context: JobViewContext): SdcppJobDto {
  const outputs = outputsOf(job, context.groupFolders);
  const { start_time: start, end_time: end } = job;
  return {
    job_id: job.id,
    type: typeOf(job.kind) ?? job.kind,
    status: statusOf(job.status),
    progress: progressOf(job, optionsOf(job.parameters)),
    created_at: instantOf(job.queued_time),
    ...(start === null ? {} : { started_at: instantOf(start) }),
    ...(end === null ? {} : { completed_at: instantOf(end) }),
    outputs,
    output_urls: outputs.map((path) => `${context.base}/output/${encodeURI(path)}`),
    params: paramsOf(job),
    model_settings: context.modelOf(job),
    ...(job.error ? { error: job.error.message } : {}),
    ...(job.after === null ? {} : { linked_job_id: job.after }),
    ...(job.label === null ? {} : { title: job.label }),
  };
}

/** A job in the recycle bin: its files cannot be fetched until it is restored. */
export function toSdcppBinnedJob(job: BinnedJob, context: JobViewContext): SdcppJobDto {
  const view = toSdcppJob(job, context);
  return Object.assign(view, {
    status: 'deleted' as const,
    previous_status: statusOf(job.status),
    deleted_at: instantOf(job.deleted_at),
  });
}
