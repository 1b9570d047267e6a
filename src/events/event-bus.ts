import { EventEmitter } from 'node:events';
import { Injectable, Logger } from '@nestjs/common';
import type { EventMap } from './event-map.js';

type Listener<Name extends keyof EventMap> = (payload: EventMap[Name]) => void;

/** The in-process bus. Listeners are called in order and at once; one that throws is logged and harms nobody. */
@Injectable()
export class EventBus {
  private readonly emitter = new EventEmitter().setMaxListeners(0);
  private readonly logger = new Logger(EventBus.name);

  emit<Name extends keyof EventMap>(name: Name, payload: EventMap[Name]): void {
    this.emitter.emit(name, payload);
  }

  /** Starts listening; the returned function stops it. */
  on<Name extends keyof EventMap>(name: Name, listener: Listener<Name>): () => void {
    const guarded: Listener<Name> = (payload) => {
      try {
        listener(payload);
      } catch (error) {
        this.logger.error(
          `A listener of ${name} failed`,
          error instanceof Error ? error.stack : String(error),
        );
      }
    };
    this.emitter.on(name, guarded);
    return () => this.emitter.off(name, guarded);
  }
}
