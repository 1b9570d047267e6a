import { Global, Module } from '@nestjs/common';
import { EventStreams } from './event-streams.js';
import { OpenConnections } from './open-connections.js';
import { RequestsInProgress } from './requests-in-progress.js';
import { Shutdown } from './shutdown.js';
import { StreamLimiter } from './stream-limiter.js';

@Global()
@Module({
  providers: [EventStreams, OpenConnections, RequestsInProgress, Shutdown, StreamLimiter],
  exports: [EventStreams, OpenConnections, RequestsInProgress, Shutdown, StreamLimiter],
})
export class ConnectionsModule {}
