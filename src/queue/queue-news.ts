import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { EventBus, type QueueUpdate } from '../events/index.js';
import { JobRepository } from './job.repository.js';

/** Least time between two pieces of news, in milliseconds. */
const PAUSE_MS = 250;

/** Tells the house how full the queue is: at once when it changes, then at most four times a second. */
@Injectable()
export class QueueNews implements OnModuleDestroy {
  private running = false;
  private timer: NodeJS.Timeout | undefined;
  private stale = false;

  constructor(
    private readonly jobs: JobRepository,
    private readonly events: EventBus,
  ) {}

  onModuleDestroy(): void {
    clearTimeout(this.timer);
  }

  /** Whether jobs are taken into work. */
  setRunning(running: boolean): void {
    if (this.running === running) return;
    this.running = running;
    this.changed();
  }

  /** Something in the queue is no longer as it was. */
  changed(): void {
    this.stale = true;
    if (this.timer) return;
    this.timer = setTimeout(() => this.rest(), PAUSE_MS).unref();
    void this.tell();
  }

  private rest(): void {
    this.timer = undefined;
    if (this.stale) this.changed();
  }

  private async tell(): Promise<void> {
    this.stale = false;
    const update = await this.look().catch(() => undefined);
    if (update) this.events.emit('queue.changed', update);
  }

  private async look(): Promise<QueueUpdate> {
    const [size, active] = await Promise.all([
      this.jobs.count('engine', 'queued'),
      this.jobs.count('engine', 'processing'),
    ]);
    return { size, active_generations: active, running: this.running };
  }
}
