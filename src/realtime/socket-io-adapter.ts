import type { IncomingMessage } from 'node:http';
import type { INestApplicationContext } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import type { OriginPolicy } from '../auth/index.js';
import { toAppError } from '../common/index.js';
import type { Config } from '../config/index.js';
import type { Shutdown, StreamLimiter } from '../connections/index.js';
import { ImpatientWebSocketServer } from './impatient-web-socket-server.js';
import { LARGEST_MESSAGE } from './live-socket.js';

type Options = Parameters<IoAdapter['createIOServer']>[1];
type Server = ReturnType<IoAdapter['createIOServer']>;

/** What socket.io needs of the server. */
export interface SocketIoParts {
  config: Config;
  limiter: StreamLimiter;
  origins: OriginPolicy;
  shutdown: Shutdown;
}

/** Whether a request belongs to a connection that is there, as those of polling do. */
function isKnown({ url = '' }: IncomingMessage): boolean {
  return /[?&]sid=[^&]/.test(url);
}

/** socket.io behind the same checks as every live connection: it answers before Fastify sees a request. */
export class SocketIoAdapter extends IoAdapter {
  constructor(
    app: INestApplicationContext,
    private readonly parts: SocketIoParts,
  ) {
    super(app);
  }

  override createIOServer(port: number, options?: Options): Server {
    const allowRequest = (
      request: IncomingMessage,
      decide: (refusal: string | null, allowed: boolean) => void,
    ): void => {
      try {
        this.check(request);
        decide(null, true);
      } catch (error) {
        const { code, message } = toAppError(error);
        decide(`${code}: ${message}`, false);
      }
    };
    const own = {
      allowRequest,
      connectTimeout: this.parts.config.connections.signInSeconds * 1000,
      maxHttpBufferSize: LARGEST_MESSAGE,
      wsEngine: ImpatientWebSocketServer,
    };
    return super.createIOServer(port, Object.assign({}, options, own));
  }

  /** Its clients alone: the close of the whole would wait for all open requests of the HTTP server. */
  override async close(server: Server): Promise<void> {
    server.engine.close();
    await Promise.resolve();
  }

  private check(request: IncomingMessage): void {
    const { limiter, origins, shutdown } = this.parts;
    shutdown.assertRunning();
    origins.receive(request);
    // The place itself is taken when there is a connection, which then gives it back.
    if (!isKnown(request)) limiter.takeSignIn(origins.clientAddress(request))();
  }
}
