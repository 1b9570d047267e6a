import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { CONFIG, type Config } from '../config/index.js';
import { EventBus } from '../events/index.js';
import { FileHashes } from './file-hash.js';
import { ModelRegistry } from './model-registry.js';
import { weightFilesOf } from './model.js';

/** After a change so many milliseconds pass: the first job after the start should have the disk to itself. */
const DELAY_MS = 3000;

/** Has every model hashed while nothing else is asked, so that the first picture does not wait for it. */
@Injectable()
export class BackgroundHashing implements OnModuleInit, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private stopListening: () => void = () => undefined;

  constructor(
    private readonly registry: ModelRegistry,
    private readonly hashes: FileHashes,
    private readonly events: EventBus,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onModuleInit(): void {
    if (!this.config.models.hash) return;
    this.stopListening = this.events.on('models.changed', () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => void this.begin(), DELAY_MS).unref();
    });
  }

  beforeApplicationShutdown(): void {
    this.stopListening();
    clearTimeout(this.timer);
  }

  private async begin(): Promise<void> {
    const models = await this.registry.models();
    const loras = models.filter(({ type }) => type === 'lora').map(({ path }) => path);
    this.hashes.inBackground(models.flatMap(weightFilesOf), loras);
  }
}
