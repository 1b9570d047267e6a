import { connect, type Socket } from 'node:net';

/** Where to connect: a URL of HTTP, or `unix:` and the path of a socket. */
function socketTo(base: string): Socket {
  if (base.startsWith('unix:')) return connect(base.slice('unix:'.length));
  const { hostname, port } = new URL(base);
  return connect(Number(port), hostname);
}

/** The text of a request of HTTP/1.1. */
export function requestText(
  method: string,
  path: string,
  { headers = {}, body }: { headers?: Record<string, string>; body?: object } = {},
): string {
  const payload = body === undefined ? '' : JSON.stringify(body);
  const all: Record<string, string> = {
    host: 'localhost',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(payload)) }),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${payload}`;
}

/** A connection that its client never closes, not even when the server has said all it will say. */
export class HeldConnection {
  received = '';
  readonly closed: Promise<void>;

  private constructor(private readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => (this.received += chunk.toString('latin1')));
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
  }

  /** Connects and sends this text. */
  static async open(base: string, text: string): Promise<HeldConnection> {
    const socket = socketTo(base);
    const held = new HeldConnection(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    socket.write(text);
    return held;
  }

  destroy(): void {
    this.socket.destroy();
  }
}
