import type { WebSocket } from 'ws';
import { can, mayHear, type EventName, type Permission, type Principal } from '../auth/index.js';

/** Reasons of ours to end a connection, in the range that is left to applications (RFC 6455, 7.4.2). */
export const CLOSED = {
  /** No good credential, or it is no longer good. */
  refused: 4401,
  /** No credential in time. */
  late: 4408,
  /** The user or the address has too many open. */
  tooMany: 4429,
  /** The server goes away (RFC 6455, 7.4.1). */
  stopping: 1001,
} as const;

/** Bytes of one message: clients send credentials and pings, and nothing else. */
export const LARGEST_MESSAGE = 16 * 1024;

/** Bytes that may wait to be sent: beyond the first, what is worth nothing late is left out; beyond the second, the client is cut off. */
const SLOW_BYTES = 256 * 1024;
export const STUCK_BYTES = 4 * 1024 * 1024;

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

  /** @param needs a permission besides that of the event, such as one to read jobs of a kind */
  hears(event: EventName, needs?: Permission): boolean {
    return mayHear(this.principal, event) && (needs === undefined || can(this.principal, needs));
  }

  /**
   * Sends an event as JSON where the client may hear it; a client that does not read is left behind, and at
   * last cut off.
   * @param fleeting what is worth nothing late, such as a preview
   * @param needs as of {@link hears}
   */
  tell(
    event: EventName,
    message: object,
    { fleeting = false, needs }: { fleeting?: boolean; needs?: Permission } = {},
  ): void {
    if (!this.hears(event, needs)) return;
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

  /** Ends the connection because the server stops. */
  goAway(): void {
    this.socket.close(CLOSED.stopping, 'SERVER_STOPPING');
  }

  refuse(reason: string): void {
    this.socket.close(CLOSED.refused, reason);
  }
}
