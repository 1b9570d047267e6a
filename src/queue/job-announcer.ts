import { Injectable } from '@nestjs/common';
import { EventBus, type JobUpdate } from '../events/index.js';
import type { JobPreview } from './job-handler.js';
import type { Job } from './job.entity.js';
import { JobRepository } from './job.repository.js';
import { restingView, type JobWatch } from './job-watch.js';
import { QueueNews } from './queue-news.js';

function dataUrl({ jpeg }: JobPreview): string {
  return `data:image/jpeg;base64,${Buffer.from(jpeg).toString('base64')}`;
}

/** Tells the house what becomes of a job. */
@Injectable()
export class JobAnnouncer {
  constructor(
    private readonly jobs: JobRepository,
    private readonly events: EventBus,
    private readonly news: QueueNews,
  ) {}

  /** The job's present state, read from its row. */
  async announce(id: string): Promise<void> {
    this.news.changed();
    const job = await this.jobs.find(id);
    if (!job) return;
    this.emit(job, {
      status: job.state,
      ...restingView(job),
      ...(job.state === 'queued' ? { position: await this.jobs.position(job) } : {}),
      ...(job.failure ? { error: job.failure } : {}),
    });
  }

  /** The job was taken into work. */
  begun(job: Job, watch: JobWatch): void {
    this.news.changed();
    this.progress(job, watch);
  }

  /** Whether jobs are taken into work at all. */
  running(running: boolean): void {
    this.news.setRunning(running);
  }

  /** How far a job in progress has come. */
  progress(job: Job, watch: JobWatch, preview?: JobPreview): void {
    this.emit(job, {
      status: 'processing',
      ...watch.view(),
      ...(preview ? { preview: dataUrl(preview) } : {}),
    });
  }

  private emit(job: Job, update: Omit<JobUpdate, 'job_id'>): void {
    this.events.emit('job.updated', {
      ownerId: job.ownerId,
      kind: job.kind,
      update: { job_id: job.id, ...update },
    });
  }
}
