import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { messageOf } from '../common/index.js';
import { Audience, EventBus } from '../events/index.js';
import { StatusService } from './status.service.js';

const EVERY_MS = 5000;

/** Tells how the server is, every few seconds while somebody watches. */
@Injectable()
export class SystemNews implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(SystemNews.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly audience: Audience,
    private readonly events: EventBus,
    private readonly status: StatusService,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.tell(), EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private async tell(): Promise<void> {
    if (!this.audience.isThere) return;
    try {
      this.events.emit('system.told', await this.status.status());
    } catch (error) {
      this.logger.warn(`The state of the server could not be told: ${messageOf(error)}`);
    }
  }
}
