import type { AddressInfo } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { CONFIG, type Config } from '../config/index.js';
import { IMAGE_ENGINE, type ImageEngine } from '../engine/index.js';
import type { SystemUpdate } from '../events/index.js';
import { ModelsService } from '../models/index.js';
import { QueueFigures } from '../queue/index.js';

/** How the server is, in numbers that anybody may know. */
@Injectable()
export class StatusService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(IMAGE_ENGINE) private readonly engine: ImageEngine,
    private readonly queue: QueueFigures,
    private readonly models: ModelsService,
    private readonly http: HttpAdapterHost,
  ) {}

  async status(): Promise<SystemUpdate> {
    const [queue, loaded, models] = await Promise.all([
      this.queue.now(),
      this.loadedModels(),
      this.models.list(),
    ]);
    return {
      server: { running: true, host: this.config.server.host, port: this.port() },
      generation_queue: {
        running: queue.running,
        queue_size: queue.size,
        active_generations: queue.active_generations,
      },
      models: { loaded_count: loaded, available_count: models.length },
    };
  }

  /** How many models are in memory: none while there is no engine that could hold them. */
  async loadedModels(): Promise<number> {
    const loaded = await this.engine.loaded().catch(() => []);
    return loaded.length;
  }

  /** The port that is listened on, which the system may have chosen. */
  private port(): number {
    const server = this.http.httpAdapter.getHttpServer() as {
      address(): AddressInfo | string | null;
    };
    const address = server.address();
    return typeof address === 'object' && address ? address.port : this.config.server.port;
  }
}
