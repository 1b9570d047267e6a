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
import { SupervisedTextEngine } from './text/supervised-text-engine.js';
import { TEXT_ENGINE, type TextEngine } from './text/text-engine.js';

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

function openTextEngine({ engine, text }: Config): TextEngine {
  return new SupervisedTextEngine({
    program: join(import.meta.dirname, 'text', 'text-process.js'),
    stallMs: engine.stallSeconds * 1000,
    cancelMs: CANCEL_MS,
    threads: text.threads,
    gpu: text.gpu === 'none' ? false : text.gpu,
  });
}

/** Ends the engines after everything that uses them has stopped. */
@Injectable()
class EngineLifetime implements OnApplicationShutdown {
  constructor(
    @Inject(IMAGE_ENGINE) private readonly images: ImageEngine,
    @Inject(TEXT_ENGINE) private readonly texts: TextEngine,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.images.close(), this.texts.close()]);
  }
}

/** What stands in for the machine's own, each where it is given. */
export interface EngineOverrides {
  /** Instead of the configured engine. */
  engine?: ImageEngine;
  /** Instead of the configured engine for language models. */
  textEngine?: TextEngine;
  /** Instead of the accounts of this machine. */
  machine?: MachineAccounts;
}

@Global()
@Module({})
export class EngineModule {
  static with({ engine, textEngine, machine }: EngineOverrides = {}): DynamicModule {
    const images = engine
      ? { provide: IMAGE_ENGINE, useValue: engine }
      : { provide: IMAGE_ENGINE, inject: [CONFIG], useFactory: openEngine };
    const texts = textEngine
      ? { provide: TEXT_ENGINE, useValue: textEngine }
      : { provide: TEXT_ENGINE, inject: [CONFIG], useFactory: openTextEngine };
    const accounts = { provide: MACHINE_ACCOUNTS, useValue: machine ?? new NativeAccounts() };
    return {
      module: EngineModule,
      providers: [images, texts, accounts, EngineLifetime],
      exports: [IMAGE_ENGINE, TEXT_ENGINE, MACHINE_ACCOUNTS],
    };
  }
}
