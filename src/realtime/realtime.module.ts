import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/index.js';
import { SocketGateway } from './socket.gateway.js';

@Module({ imports: [AuthModule], providers: [SocketGateway] })
export class RealtimeModule {}
