import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/index.js';
import { PlainSockets } from './plain-sockets.js';
import { SocketGateway } from './socket.gateway.js';

@Module({ imports: [AuthModule], providers: [PlainSockets, SocketGateway] })
export class RealtimeModule {}
