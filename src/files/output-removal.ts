import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HistoryService } from '../queue/index.js';
import { OutputStore } from './output-store.js';

/** Removes all files of a job that is removed. */
@Injectable()
export class OutputRemoval implements OnModuleInit {
  constructor(
    private readonly history: HistoryService,
    private readonly outputs: OutputStore,
  ) {}

  onModuleInit(): void {
    this.history.onRemoval((jobId) => this.remove(jobId));
  }

  async remove(jobId: string): Promise<void> {
    await this.outputs.discard(jobId);
  }
}
