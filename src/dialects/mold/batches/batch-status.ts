import type { JobDetails, JobState } from '../../../queue/index.js';
import { inMoldsWords } from '../errors.js';
import { galleryName } from '../gallery/gallery.service.js';
import { idOf, TAGS } from '../queue/identity.js';
import { COUNT, FLAG, object, orNull, TEXT } from '../schemas.js';

const STATES = {
  queued: 'queued',
  processing: 'running',
  completed: 'complete',
  failed: 'failed',
  cancelled: 'cancelled',
} as const satisfies Record<JobState, string>;

/** States in which nothing more happens to a child, unless it is retried. */
const SETTLED: readonly string[] = ['complete', 'failed', 'cancelled'];

/** One picture of a batch. */
export interface BatchChild {
  /** From 1. */
  index: number;
  job_id: string;
  state: (typeof STATES)[JobState];
  created_at_ms: number;
  updated_at_ms: number;
  completed_at_ms?: number;
  error: string | null;
  error_code?: string;
  retryable: boolean;
  result?: { filename?: string; seed?: number; generation_time_ms: number };
}

/** A batch as it is now. */
export interface BatchStatus {
  id: string;
  client_batch_id: string;
  instance_id: string;
  durable: true;
  children: BatchChild[];
}

function resultOf(job: JobDetails): BatchChild['result'] {
  const [output] = job.outputs;
  return {
    ...(output && !job.outputs_expired ? { filename: galleryName(job.id, output.filename) } : {}),
    ...(output?.seed === undefined ? {} : { seed: output.seed }),
    generation_time_ms: job.time_elapsed,
  };
}

/** @param tries of the same job, the latest first; at least one */
function childOf(tries: readonly JobDetails[]): BatchChild[] {
  const [latest] = tries;
  if (!latest) return [];
  const { status, error, end_time: end } = latest;
  const created = Math.min(...tries.map(({ queued_time }) => queued_time));
  const updated = end ?? latest.start_time ?? latest.queued_time;
  return [
    {
      index: Number(latest.origin?.tags?.[TAGS.index]),
      job_id: idOf(latest),
      state: STATES[status],
      created_at_ms: created * 1000,
      updated_at_ms: updated * 1000,
      ...(end === null ? {} : { completed_at_ms: end * 1000 }),
      error: error?.message ?? null,
      ...(error ? { error_code: inMoldsWords(error.code) } : {}),
      retryable: status === 'failed' || status === 'cancelled',
      ...(status === 'completed' ? { result: resultOf(latest) } : {}),
    },
  ];
}

/** @param jobs of the batch, the latest first */
export function statusOf(
  clientBatchId: string,
  instanceId: string,
  jobs: readonly JobDetails[],
): BatchStatus {
  const tries = Object.values(Object.groupBy(jobs, idOf));
  return {
    id: clientBatchId,
    client_batch_id: clientBatchId,
    instance_id: instanceId,
    durable: true,
    children: tries
      .flatMap((one) => childOf(one ?? []))
      .toSorted((one, other) => one.index - other.index),
  };
}

/** Whether nothing more happens in it. */
export function isSettled({ children }: BatchStatus): boolean {
  return children.every(({ state }) => SETTLED.includes(state));
}

const CHILD = object(
  {
    index: { type: 'integer', minimum: 1 },
    job_id: { ...TEXT, description: 'The same for every try.' },
    state: { enum: Object.values(STATES) },
    created_at_ms: COUNT,
    updated_at_ms: COUNT,
    error: orNull(TEXT),
    retryable: FLAG,
  },
  {
    completed_at_ms: COUNT,
    error_code: TEXT,
    result: object(
      { generation_time_ms: COUNT },
      { filename: { ...TEXT, description: 'In the gallery.' }, seed: COUNT },
    ),
  },
);

export const BATCH_STATUS = object({
  id: { ...TEXT, description: 'That of the client, too.' },
  client_batch_id: TEXT,
  instance_id: TEXT,
  durable: FLAG,
  children: { type: 'array', items: CHILD },
});

const EXAMPLE_ID = '6b1d0f5e-2c7a-4e39-8f4d-5a9c3b7e1d20';

export const EXAMPLE_BATCH: BatchStatus = {
  id: EXAMPLE_ID,
  client_batch_id: EXAMPLE_ID,
  instance_id: '7d1f4c0a9b2e4f6a8c3d5e7f90a1b2c3',
  durable: true,
  children: [
    {
      index: 1,
      job_id: '0d9a3f52-6c1b-4f57-9d52-0a7f3c1b8e44',
      state: 'running',
      created_at_ms: 1_763_700_000_000,
      updated_at_ms: 1_763_700_002_000,
      error: null,
      retryable: false,
    },
  ],
};
