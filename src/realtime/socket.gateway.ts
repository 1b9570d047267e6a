import { Logger, type OnModuleDestroy } from '@nestjs/common';
import {
  WebSocketGateway,
  WebSocketServer,
  type OnGatewayConnection,
  type OnGatewayInit,
} from '@nestjs/websockets';
import type { Server, Socket } from 'socket.io';
import { AuthService, can, type Principal } from '../auth/index.js';
import { toAppError } from '../common/index.js';
import { Audience, EventBus, type EventMap } from '../events/index.js';
import { timerAt, type News } from './news.js';

type ClientEvents = { [Type in keyof News]: (data: News[Type]) => void };

interface SocketData {
  principal: Principal;
}

type Nothing = Record<string, never>;
type ClientSocket = Socket<Nothing, ClientEvents, Nothing, SocketData>;

/** Everybody who may see the jobs of all. */
const OVERSEERS = 'overseers';

const userRoom = (userId: string): string => `user:${userId}`;
const keyRoom = (keyId: string): string => `key:${keyId}`;
const sessionRoom = (sessionId: string): string => `session:${sessionId}`;

/**
 * Live news over socket.io. A connection is made only with a good credential (`auth: { token }`,
 * `auth: { apiKey }` or the headers of a request); each one gets the news of its own user's jobs, and of all jobs where the user
 * may see those. It is closed when its session or key ends, or the user's
 * permissions change.
 */
@WebSocketGateway({ serveClient: false })
export class SocketGateway implements OnGatewayInit, OnGatewayConnection, OnModuleDestroy {
  @WebSocketServer()
  private readonly server!: Server<Nothing, ClientEvents, Nothing, SocketData>;

  private readonly logger = new Logger(SocketGateway.name);
  private readonly stops: Array<() => void> = [];

  constructor(
    private readonly auth: AuthService,
    private readonly audience: Audience,
    private readonly events: EventBus,
  ) {}

  onModuleDestroy(): void {
    for (const stop of this.stops) stop();
  }

  afterInit(server: Server<Nothing, ClientEvents, Nothing, SocketData>): void {
    server.use((socket, next) => void this.admit(socket, next));
    const { events } = this;
    this.stops.push(
      events.on('job.updated', (event) => this.tell(event)),
      events.on('queue.changed', (update) => this.server.volatile.emit('queue_update', update)),
      events.on('system.told', (update) => this.server.volatile.emit('system_update', update)),
      events.on('session.revoked', ({ sessionId }) =>
        this.server.in(sessionRoom(sessionId)).disconnectSockets(true),
      ),
      events.on('key.revoked', ({ keyId }) =>
        this.server.in(keyRoom(keyId)).disconnectSockets(true),
      ),
      events.on('user.changed', ({ userId }) =>
        this.server.in(userRoom(userId)).disconnectSockets(true),
      ),
    );
  }

  async handleConnection(socket: ClientSocket): Promise<void> {
    const { principal } = socket.data;
    await this.enterRooms(socket, principal);
    const leave = can(principal, 'job:read_all')
      ? this.audience.watchEverybody()
      : this.audience.watch(principal.userId);
    const expiry = timerAt(principal.expiresAt, () => socket.disconnect(true));
    socket.once('disconnect', () => {
      leave();
      clearTimeout(expiry);
    });
    // A log out between the first check and the rooms would have gone unheard.
    await this.authenticate(socket).catch(() => socket.disconnect(true));
    this.logger.debug(`${principal.username} is connected (${socket.id})`);
  }

  private async enterRooms(socket: ClientSocket, principal: Principal): Promise<void> {
    await socket.join(userRoom(principal.userId));
    if (principal.sessionId) await socket.join(sessionRoom(principal.sessionId));
    if (principal.keyId) await socket.join(keyRoom(principal.keyId));
    if (can(principal, 'job:read_all')) await socket.join(OVERSEERS);
  }

  private async admit(socket: ClientSocket, next: (refused?: Error) => void): Promise<void> {
    try {
      socket.data.principal = await this.authenticate(socket);
    } catch (error) {
      next(refusal(error));
      return;
    }
    next();
  }

  private authenticate(socket: ClientSocket): Promise<Principal> {
    const { headers, auth } = socket.handshake;
    return this.auth.authenticateHandshake({ headers, auth, socket: socket.request.socket });
  }

  private tell({ ownerId, update }: EventMap['job.updated']): void {
    // Previews are worth nothing late: a slow connection leaves them out instead of queueing them.
    const channel = this.server.to(userRoom(ownerId)).to(OVERSEERS);
    if (update.preview === undefined) channel.emit('job_update', update);
    else channel.volatile.emit('job_update', update);
  }
}

/** socket.io hands `data` of the error to the client's `connect_error`. */
function refusal(thrown: unknown): Error {
  const { code, message } = toAppError(thrown);
  return Object.assign(new Error(message), { data: { code, message } });
}
