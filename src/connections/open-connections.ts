import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { Injectable } from '@nestjs/common';

/**
 * The connections of all listeners, those of upgraded requests among them, which `closeAllConnections` of
 * Node leaves open and `close` waits for.
 */
@Injectable()
export class OpenConnections {
  private readonly sockets = new Set<Socket>();

  track(server: Server): void {
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  destroyAll(): void {
    for (const socket of this.sockets) socket.destroy();
  }
}
