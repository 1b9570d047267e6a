import { join } from 'node:path';
import {
  Global,
  Inject,
  Injectable,
  Module,
  type DynamicModule,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { MACHINE_ACCOUNTS, type MachineAccounts } from '../auth/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { IMAGE_ENGINE, type ImageEngine } from './image-engine.js';
import { NativeAccounts } from './native-accounts.js';
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

/** What stands in for the machine's own, each where it is given. */
export interface EngineOverrides {
  /** Instead of the configured engine. */
  engine?: ImageEngine;
  /** Instead of the accounts of this machine. */
  machine?: MachineAccounts;
}

@Global()
@Module({})
export class EngineModule {
  static with({ engine, machine }: EngineOverrides = {}): DynamicModule {
    const images = engine
      ? { provide: IMAGE_ENGINE, useValue: engine }
      : { provide: IMAGE_ENGINE, inject: [CONFIG], useFactory: openEngine };
    const accounts = { provide: MACHINE_ACCOUNTS, useValue: machine ?? new NativeAccounts() };
    return {
      module: EngineModule,
      providers: [images, accounts, EngineLifetime],
      exports: [IMAGE_ENGINE, MACHINE_ACCOUNTS],
    };
  }
}
