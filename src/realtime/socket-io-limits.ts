import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { OriginPolicy, type Principal } from '../auth/index.js';
import { StreamLimiter, type Release } from '../connections/index.js';
import { CLOSE_MS } from './impatient-web-socket-server.js';
import { STUCK_BYTES } from './live-socket.js';

/** Milliseconds between two looks for clients that do not read. */
const LOOK_MS = 5000;

/** A connection of engine.io, below socket.io, as far as it is bounded here. */
export interface EngineConnection {
  request: IncomingMessage;
  /** That of polling waits for a last request of its client before it ends, this many milliseconds at most. */
  transport: { closeTimeout?: number };
  /** Packets that could not be handed to the transport yet. */
  writeBuffer: readonly { data?: unknown }[];
  once(event: 'close', listener: () => void): unknown;
  close(discard?: boolean): void;
}

/** What makes connections of engine.io. */
export interface Engine {
  on(event: 'connection', listener: (connection: EngineConnection) => void): unknown;
}

function waitingBytes({ writeBuffer }: EngineConnection): number {
  return writeBuffer.reduce((sum, { data }) => {
    const isSized = typeof data === 'string' || Buffer.isBuffer(data);
    return sum + (isSized ? data.length : 0);
  }, 0);
}

/** Bounds the connections of socket.io as those of plain WebSockets are. */
@Injectable()
export class SocketIoLimits {
  private readonly connections = new Set<EngineConnection>();
  /** Those without a credential. */
  private readonly signIns = new WeakMap<EngineConnection, Release>();
  private readonly entered = new WeakSet<EngineConnection>();

  constructor(
    private readonly limiter: StreamLimiter,
    private readonly origins: OriginPolicy,
  ) {}

  /** Bounds all connections to come; the returned function stops looking after them. */
  watch(engine: Engine): () => void {
    engine.on('connection', (connection) => this.begin(connection));
    const timer = setInterval(() => {
      for (const connection of this.connections)
        if (waitingBytes(connection) > STUCK_BYTES) connection.close(true);
    }, LOOK_MS).unref();
    return () => clearInterval(timer);
  }

  /** A connection has proven who it is. @throws TooManySocketsError */
  enter(connection: EngineConnection, { userId }: Principal): void {
    if (this.entered.has(connection)) return;
    const release = this.limiter.takeSocket(userId, this.addressOf(connection));
    this.entered.add(connection);
    if (this.connections.has(connection)) connection.once('close', release);
    else release();
    this.signIns.get(connection)?.();
  }

  private begin(connection: EngineConnection): void {
    try {
      connection.transport.closeTimeout = CLOSE_MS;
      const release = this.limiter.takeSignIn(this.addressOf(connection));
      this.signIns.set(connection, release);
      this.connections.add(connection);
      connection.once('close', () => {
        this.connections.delete(connection);
        release();
      });
    } catch {
      // Others have come since it was let in.
      connection.close(true);
    }
  }

  private addressOf({ request }: EngineConnection): string {
    return this.origins.clientAddress(request);
  }
}
