import { Module, type DynamicModule } from '@nestjs/common';
import { AuthModule } from '../../auth/index.js';
import type { Dialect } from '../dialect.js';
import { KNOWN_DIALECTS, Listeners } from './listeners.js';

@Module({ imports: [AuthModule], providers: [Listeners] })
export class ListenersModule {
  /** @param dialects those that a listener may be for. */
  static for(dialects: readonly Dialect[]): DynamicModule {
    return {
      module: ListenersModule,
      providers: [{ provide: KNOWN_DIALECTS, useValue: dialects }],
    };
  }
}
