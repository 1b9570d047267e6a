import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { IMAGE_ENGINE, type ImageEngine } from '../engine/index.js';
import { EventBus, type JobUpdate } from '../events/index.js';
import { QueueFigures } from '../queue/index.js';
import { StatusService } from './status.service.js';

const ENDED: ReadonlySet<JobUpdate['status']> = new Set(['completed', 'failed', 'cancelled']);

/** Upper bounds in seconds. */
const REQUEST_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const JOB_BUCKETS = [0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600];

interface RequestLabels {
  method: string;
  /** As declared, with the names of its parameters instead of their values. */
  route: string;
  status: number;
}

/** The server in numbers, in the words of Prometheus. What the table of jobs knows is asked when it is read. */
@Injectable()
export class Metrics implements OnModuleDestroy {
  readonly registry = new Registry();
  private readonly registers = [this.registry];
  private readonly stop: () => void;

  private readonly requests = new Histogram({
    name: 'atelier_http_request_seconds',
    help: 'Answered requests and the seconds that they took.',
    labelNames: ['method', 'route', 'status'],
    buckets: REQUEST_BUCKETS,
    registers: this.registers,
  });

  private readonly ended = new Counter({
    name: 'atelier_jobs_ended_total',
    help: 'Jobs that came to their end since the start.',
    labelNames: ['kind', 'state'],
    registers: this.registers,
  });

  private readonly seconds = new Histogram({
    name: 'atelier_job_seconds',
    help: 'Seconds that completed jobs were worked on.',
    labelNames: ['kind'],
    buckets: JOB_BUCKETS,
    registers: this.registers,
  });

  constructor(
    events: EventBus,
    @Inject(IMAGE_ENGINE) private readonly engine: ImageEngine,
    private readonly figures: QueueFigures,
    private readonly status: StatusService,
  ) {
    this.stop = events.on('job.updated', ({ update }) => {
      if (ENDED.has(update.status)) void this.jobEnded(update);
    });
    this.gauge(
      'atelier_engine_restarts',
      'How often the process of the engine had to be replaced.',
      () => this.engine.health().restarts,
    );
    this.gauge('atelier_models_loaded', 'Models in memory.', () => this.status.loadedModels());
    this.openJobs();
    collectDefaultMetrics({ register: this.registry });
  }

  onModuleDestroy(): void {
    this.stop();
  }

  request(labels: RequestLabels, seconds: number): void {
    this.requests.observe({ ...labels }, seconds);
  }

  private async jobEnded({ job_id, status, time_elapsed }: JobUpdate): Promise<void> {
    const kind = (await this.figures.kindOf(job_id).catch(() => undefined)) ?? 'unknown';
    this.ended.inc({ kind, state: status });
    if (status === 'completed') this.seconds.observe({ kind }, time_elapsed / 1000);
  }

  private gauge(name: string, help: string, read: () => number | Promise<number>): void {
    const { registers } = this;
    const gauge: Gauge = new Gauge({
      name,
      help,
      registers,
      collect: async () => gauge.set(await read()),
    });
  }

  private openJobs(): void {
    const { figures, registers } = this;
    const jobs: Gauge<'kind' | 'state'> = new Gauge({
      name: 'atelier_jobs',
      help: 'Jobs that are not at their end: queued or processing.',
      labelNames: ['kind', 'state'],
      registers,
      collect: async () => {
        jobs.reset();
        for (const { kind, state, count } of await figures.openJobs()) {
          jobs.set({ kind, state }, count);
        }
      },
    });
    this.gauge('atelier_queue_size', 'Jobs that wait.', async () => (await figures.now()).size);
  }
}
