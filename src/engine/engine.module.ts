import { join } from 'node:path';
import {
  Global,
  Inject,
  Injectable,
  Module,
  type DynamicModule,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { CONFIG, type Config } from '../config/index.js';
import { IMAGE_ENGINE, type ImageEngine } from './image-engine.js';
import { SupervisedEngine } from './supervised-engine.js';

/** Milliseconds that a cancelled call may take to its next step before the engine is ended. */
const CANCEL_MS = 60_000;

async function openEngine({ engine }: Config): Promise<ImageEngine> {
  if (engine.isolation === 'inline') {
    const { NativeEngine } = await import('./native-engine.js');
    return NativeEngine.open();
  }
  return new SupervisedEngine({
    program: join(import.meta.dirname, 'engine-process.js'),
    stallMs: engine.stallSeconds * 1000,
    cancelMs: CANCEL_MS,
  });
}

/** Ends the engine after everything that uses it has stopped. */
@Injectable()
class EngineLifetime implements OnApplicationShutdown {
  constructor(@Inject(IMAGE_ENGINE) private readonly engine: ImageEngine) {}

  async onApplicationShutdown(): Promise<void> {
    await this.engine.close();
  }
}

@Global()
@Module({})
export class EngineModule {
  /** The engine of the configuration, or the one given. */
  static with(engine?: ImageEngine): DynamicModule {
    const provider = engine
      ? { provide: IMAGE_ENGINE, useValue: engine }
      : { provide: IMAGE_ENGINE, inject: [CONFIG], useFactory: openEngine };
    return { module: EngineModule, providers: [provider, EngineLifetime], exports: [IMAGE_ENGINE] };
  }
}
