import { Injectable } from '@nestjs/common';
import type { ServerSentEvent } from '../../../connections/index.js';
import type { Principal } from '../../../auth/index.js';
import { HistoryService, type JobDetails } from '../../../queue/index.js';
import { MoldSnapshots } from '../snapshots.js';

/** Most downloads that are told of. */
const TOLD = 100;

const STATES = {
  queued: 'queued',
  processing: 'active',
  completed: 'completed',
  failed: 'failed',
  cancelled: 'cancelled',
} as const;

/** What the job of a download says of it. */
interface Wanted {
  filename: string;
  size: number | null;
}

function entryOf(job: JobDetails) {
  const { filename, size } = job.parameters as Wanted;
  const isDone = job.status === 'completed';
  const total = job.total_steps || (size ?? 0);
  const model = job.origin?.params['model'];
  return {
    id: job.id,
    model: typeof model === 'string' ? model : filename,
    status: STATES[job.status],
    files_done: isDone ? 1 : 0,
    files_total: 1,
    bytes_done: isDone ? total : job.current_step,
    bytes_total: total,
    current_file: filename,
    started_at: job.start_time,
    completed_at: job.end_time,
    error: job.error?.message ?? null,
  };
}

export type DownloadEntry = ReturnType<typeof entryOf>;

/** The downloads of a user, those under way apart. */
export interface DownloadList {
  active: DownloadEntry | null;
  active_jobs: DownloadEntry[];
  queued: DownloadEntry[];
  history: DownloadEntry[];
}

/** The downloads of each user, whichever API they were asked for by. */
@Injectable()
export class MoldDownloads {
  constructor(
    private readonly history: HistoryService,
    private readonly snapshots: MoldSnapshots,
  ) {}

  async list(caller: Principal): Promise<DownloadList> {
    const { jobs } = await this.history.list(caller, { kinds: ['download'], limit: TOLD });
    const entries = jobs.map(entryOf);
    const active = entries.filter(({ status }) => status === 'active');
    return {
      active: active[0] ?? null,
      active_jobs: active,
      queued: entries.filter(({ status }) => status === 'queued').toReversed(),
      history: entries.filter(({ status }) => !['active', 'queued'].includes(status)),
    };
  }

  /** All of them at once, and again whenever something has changed, until nobody listens. */
  async *follow(caller: Principal, gone: AbortSignal): AsyncGenerator<ServerSentEvent, void> {
    for await (const list of this.snapshots.follow(caller, gone, () => this.list(caller)))
      yield { event: 'download', data: { type: 'snapshot', ...list } };
  }
}
