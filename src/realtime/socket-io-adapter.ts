import type { IncomingMessage } from 'node:http';
import type { INestApplicationContext } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import type { OriginPolicy } from '../auth/index.js';
import { messageOf } from '../common/index.js';
import type { Shutdown } from '../connections/index.js';

type Options = Parameters<IoAdapter['createIOServer']>[1];
type Server = ReturnType<IoAdapter['createIOServer']>;

/** socket.io behind the same check of host names as every request: it answers before Fastify sees one. */
export class SocketIoAdapter extends IoAdapter {
  constructor(
    app: INestApplicationContext,
    private readonly origins: OriginPolicy,
    private readonly shutdown: Shutdown,
  ) {
    super(app);
  }

  override createIOServer(port: number, options?: Options): Server {
    const allowRequest = (
      request: IncomingMessage,
      decide: (refusal: string | null, allowed: boolean) => void,
    ): void => {
      try {
        this.shutdown.assertRunning();
        this.origins.receive(request);
        decide(null, true);
      } catch (error) {
        decide(messageOf(error), false);
      }
    };
    return super.createIOServer(port, Object.assign({}, options, { allowRequest }));
  }

  /** Its clients alone: the close of the whole would wait for all open requests of the HTTP server. */
  override async close(server: Server): Promise<void> {
    server.engine.close();
    await Promise.resolve();
  }
}
