import { WebSocket, type ClientOptions } from 'ws';

/** One message of `/ws`. */
export interface Message {
  type: string;
  data: Record<string, unknown>;
}

export interface PlainOptions extends ClientOptions {
  protocols?: string[];
  /** Sent as the first message. */
  first?: unknown;
}

/** A plain WebSocket at `/ws` and all that came over it. */
export class PlainFeed {
  readonly messages: Message[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  private readonly listeners = new Set<() => void>();

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data) => {
      this.messages.push(JSON.parse((data as Buffer).toString()) as Message);
      for (const listener of this.listeners) listener();
    });
    this.closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
  }

  /** @param base the address of the server, without a slash at its end */
  static async open(base: string, options: PlainOptions = {}): Promise<PlainFeed> {
    const { protocols = [], first, ...rest } = options;
    const socket = new WebSocket(`${base.replace('http', 'ws')}/ws`, protocols, rest);
    const feed = new PlainFeed(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    if (first !== undefined) socket.send(JSON.stringify(first));
    return feed;
  }

  /** The first message, past or to come, that fits. */
  until(fits: (message: Message) => boolean, within = 10_000): Promise<Message> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const last = JSON.stringify(this.messages.at(-1));
        reject(new Error(`No such message within ${within} ms; the last: ${last}`));
      }, within);
      const look = (): void => {
        const found = this.messages.find(fits);
        if (!found) return;
        clearTimeout(timer);
        this.listeners.delete(look);
        resolve(found);
      };
      this.listeners.add(look);
      look();
    });
  }

  close(): void {
    this.socket.terminate();
  }
}
