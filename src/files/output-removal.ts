import { Injectable, type OnModuleInit } from '@nestjs/common';
import { JobRemoval } from '../queue/index.js';
import { OutputStore } from './output-store.js';
import { Thumbnails } from './thumbnails.js';

/** Removes all files of a job; done before the job itself is removed. */
@Injectable()
export class OutputRemoval implements OnModuleInit {
  constructor(
    private readonly removal: JobRemoval,
    private readonly outputs: OutputStore,
    private readonly thumbnails: Thumbnails,
  ) {}

  onModuleInit(): void {
    this.removal.onRemoval((jobId) => this.remove(jobId));
  }

  async remove(jobId: string): Promise<void> {
    await this.outputs.discard(jobId);
    await this.thumbnails.remove(jobId);
  }
}
