import type { WebSocket } from 'ws';
import type { Principal } from '../auth/index.js';

/** Reasons of ours to end a connection, in the range that is left to applications (RFC 6455, 7.4.2). */
export const CLOSED = {
  /** No good credential, or it is no longer good. */
  refused: 4401,
  /** No credential in time. */
  late: 4408,
} as const;

/** Bytes that may wait to be sent: beyond the first, what is worth nothing late is left out; beyond the second, the client is cut off. */
const SLOW_BYTES = 256 * 1024;
const STUCK_BYTES = 4 * 1024 * 1024;

/** One client of a plain WebSocket who has proven who they are. */
export class LiveSocket {
  private answering = true;

  constructor(
    private readonly socket: WebSocket,
    readonly principal: Principal,
  ) {
    socket.on('pong', () => {
      this.answering = true;
    });
  }

  /**
   * Sends a message as JSON; a client that does not read is left behind, and at last cut off.
   * @param fleeting what is worth nothing late, such as a preview
   */
  tell(message: object, { fleeting = false } = {}): void {
    const waiting = this.socket.bufferedAmount;
    if (waiting > STUCK_BYTES) this.socket.terminate();
    else if (waiting <= SLOW_BYTES || !fleeting)
      this.socket.send(JSON.stringify(message), () => undefined);
  }

  /** Asks whether the client is there; one that has not answered the last time is cut off. */
  check(): void {
    if (!this.answering) this.socket.terminate();
    this.answering = false;
    this.socket.ping(() => undefined);
  }

  refuse(reason: string): void {
    this.socket.close(CLOSED.refused, reason);
  }
}
