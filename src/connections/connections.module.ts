import { Global, Module } from '@nestjs/common';
import { EventStreams } from './event-streams.js';
import { OpenConnections } from './open-connections.js';
import { RequestsInProgress } from './requests-in-progress.js';
import { Shutdown } from './shutdown.js';

@Global()
@Module({
  providers: [EventStreams, OpenConnections, RequestsInProgress, Shutdown],
  exports: [EventStreams, OpenConnections, RequestsInProgress, Shutdown],
})
export class ConnectionsModule {}
