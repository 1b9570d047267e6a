import { WebSocket, type ClientOptions } from 'ws';

/** One message of the sdcpp dialect's socket. */
export interface SdcppEvent {
  event: string;
  timestamp: string;
  data: Record<string, unknown>;
}

/** A socket of the sdcpp dialect and all that came over it. */
export class SdcppFeed {
  readonly events: SdcppEvent[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  private readonly listeners = new Set<() => void>();

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data) => {
      this.events.push(JSON.parse((data as Buffer).toString()) as SdcppEvent);
      for (const listener of this.listeners) listener();
    });
    this.closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
  }

  /** @param address of the socket, beginning with http */
  static async open(address: string, options: ClientOptions = {}): Promise<SdcppFeed> {
    const socket = new WebSocket(address.replace('http', 'ws'), options);
    const feed = new SdcppFeed(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return feed;
  }

  /** The first event of this name, past or to come, that fits. */
  until(
    event: string,
    fits: (data: Record<string, unknown>) => boolean = () => true,
    within = 15_000,
  ): Promise<SdcppEvent> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const names = this.events.map((one) => one.event).join(', ');
        reject(new Error(`No such ${event} within ${within} ms, but ${names}`));
      }, within);
      const look = (): void => {
        const found = this.events.find((one) => one.event === event && fits(one.data));
        if (!found) return;
        clearTimeout(timer);
        this.listeners.delete(look);
        resolve(found);
      };
      this.listeners.add(look);
      look();
    });
  }

  /** All events of these names, in their order. */
  of(...names: string[]): SdcppEvent[] {
    return this.events.filter(({ event }) => names.includes(event));
  }

  say(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  close(): void {
    this.socket.terminate();
  }
}
