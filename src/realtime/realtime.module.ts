import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/index.js';
import { QueueModule } from '../queue/index.js';
import { LiveDoors } from './live-doors.js';
import { PlainSockets } from './plain-sockets.js';
import { SocketIoLimits } from './socket-io-limits.js';
import { SocketGateway } from './socket.gateway.js';

@Module({
  imports: [AuthModule, QueueModule],
  providers: [LiveDoors, PlainSockets, SocketGateway, SocketIoLimits],
  exports: [LiveDoors],
})
export class RealtimeModule {}
