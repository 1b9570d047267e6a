import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * Passes bytes on, but hangs up on both ends of its first connection, so that whoever sent a request over it
 * gets no answer to it.
 */
export class CuttingProxy {
  private connections = 0;
  private sent = '';
  private readonly open = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
    private readonly time: (() => Promise<unknown>) | undefined,
  ) {
    server.on('connection', (client) => this.passOn(client));
  }

  /**
   * @param target address of the server behind it
   * @param time when to cut; default: when the first byte of the answer comes, which is not passed on
   */
  static async start(target: string, time?: () => Promise<unknown>): Promise<CuttingProxy> {
    const server = createServer();
    const proxy = new CuttingProxy(server, new URL(target), time);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  /** Its address, with the path that the target has. */
  get base(): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${port}${this.target.pathname}`;
  }

  /** What each request said in this header, in the order in which they came. */
  header(name: string): string[] {
    return [...this.sent.matchAll(new RegExp(`^${name}: (.*)\r$`, 'gim'))].map(([, said]) => said!);
  }

  close(): void {
    this.server.close();
    for (const socket of this.open) socket.destroy();
  }

  private passOn(client: Socket): void {
    this.connections += 1;
    const server = connect(Number(this.target.port), this.target.hostname);
    const hangUp = (): void => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      this.open.add(socket);
      socket.on('error', hangUp);
      socket.on('close', () => {
        this.open.delete(socket);
        hangUp();
      });
    }
    client.on('data', (bytes) => (this.sent += bytes.toString('latin1')));
    client.pipe(server);
    if (this.connections > 1) server.pipe(client);
    else if (this.time) void this.time().finally(hangUp);
    else server.once('data', hangUp);
  }
}
