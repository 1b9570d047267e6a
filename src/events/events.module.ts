import { Global, Module } from '@nestjs/common';
import { Audience } from './audience.js';
import { EventBus } from './event-bus.js';

@Global()
@Module({ providers: [EventBus, Audience], exports: [EventBus, Audience] })
export class EventsModule {}
