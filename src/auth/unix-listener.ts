import { once } from 'node:events';
import { chmodSync, existsSync, lstatSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { messageOf } from '../common/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { CONNECTION_TIMES, OpenConnections } from '../connections/index.js';
import { MACHINE_ACCOUNTS, type MachineAccounts } from './machine-accounts.js';
import { noteUnixPeer } from './unix-peers.js';

/** Everybody may connect who may enter the folder: who they are is the kernel's to say, not the file's. */
const MODE = 0o666;

/** libuv's handle of a connection; there is no documented way to its descriptor. */
interface WithHandle {
  _handle?: { fd?: number } | null;
}

function isAlive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
}

/** Makes room for a new socket where a server that was killed left its own behind. */
async function clearAway(path: string): Promise<void> {
  if (!existsSync(path)) return;
  if (!lstatSync(path).isSocket())
    throw new Error(`ATELIER_UNIX_SOCKET names ${path}, which is there and is no socket.`);
  if (await isAlive(path)) throw new Error(`Another server listens on ${path}.`);
  rmSync(path);
}

/**
 * The server's second door, a Unix socket. What comes in by it is handed to the first, with a note of whose
 * process it is, by the kernel's word.
 */
@Injectable()
export class UnixListener implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(UnixListener.name);
  private server: Server | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(MACHINE_ACCOUNTS) private readonly machine: MachineAccounts,
    private readonly http: HttpAdapterHost,
    private readonly connections: OpenConnections,
  ) {}

  /** What the methods need of the machine is missed at the start, and not at the first log in. */
  onModuleInit(): void {
    const { methods } = this.config.auth;
    const asksKernel = methods.includes('unix') && this.config.server.unixSocket !== '';
    if (asksKernel || methods.includes('pam')) this.machine.prepare();
  }

  /**
   * Opens the door where one is configured; the first must be open already.
   * @throws Error where the path cannot be listened on.
   */
  async listen(): Promise<void> {
    const path = this.config.server.unixSocket;
    if (!path) return;
    await clearAway(path);
    const first = this.http.httpAdapter.getHttpServer() as Server;
    const server = createServer(CONNECTION_TIMES, (request, response) =>
      first.emit('request', request, response),
    );
    server.on('upgrade', (request, socket, head) => first.emit('upgrade', request, socket, head));
    server.on('clientError', (error, socket) => first.emit('clientError', error, socket));
    server.on('connection', (socket) => this.note(socket));
    this.connections.track(server);
    server.listen(path);
    await once(server, 'listening');
    chmodSync(path, MODE);
    this.server = server;
    this.logger.log(`Listening on ${path}`);
  }

  onApplicationShutdown(): void {
    this.server?.close();
    this.connections.destroyAll();
  }

  private note(socket: Socket): void {
    if (!this.config.auth.methods.includes('unix')) return;
    const fd = (socket as WithHandle)._handle?.fd;
    try {
      if (fd !== undefined && fd >= 0) noteUnixPeer(socket, this.machine.peerUid(fd));
    } catch (error) {
      // Left unnoted, the connection proves nobody.
      this.logger.warn(`No user behind a connection of the Unix socket: ${messageOf(error)}`);
    }
  }
}
