import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import {
  WebSocketGateway,
  WebSocketServer,
  type OnGatewayConnection,
  type OnGatewayInit,
} from '@nestjs/websockets';
import type { Server, Socket } from 'socket.io';
import {
  AuthService,
  can,
  JOB_PERMISSIONS,
  mayHear,
  type Permission,
  type Principal,
} from '../auth/index.js';
import { toAppError } from '../common/index.js';
import { Shutdown } from '../connections/index.js';
import { Audience, EventBus, type EventMap } from '../events/index.js';
import { JobAccess } from '../queue/index.js';
import { SocketIoLimits, type Engine, type EngineConnection } from './socket-io-limits.js';
import { SERVER_SHUTDOWN, timerAt, type News } from './news.js';

type ClientEvents = { [Type in keyof News]: (data: News[Type]) => void };

interface SocketData {
  principal: Principal;
}

type Nothing = Record<string, never>;
type ClientSocket = Socket<Nothing, ClientEvents, Nothing, SocketData>;

/** Who is told of jobs whose kind needs this permission: of those of one user, or of all. */
const jobRoom = (needs: Permission, userId = '*'): string => `jobs:${needs}:${userId}`;
const eventRoom = (event: keyof News): string => `event:${event}`;
/** What reading jobs needs, whichever their kind. */
const READ_PERMISSIONS = new Set(Object.values(JOB_PERMISSIONS).map(({ read }) => read));

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
export class SocketGateway implements OnGatewayInit, OnGatewayConnection, OnApplicationShutdown {
  @WebSocketServer()
  private readonly server!: Server<Nothing, ClientEvents, Nothing, SocketData>;

  private readonly logger = new Logger(SocketGateway.name);
  private readonly stops: Array<() => void> = [];

  constructor(
    private readonly auth: AuthService,
    private readonly audience: Audience,
    private readonly events: EventBus,
    private readonly access: JobAccess,
    private readonly shutdown: Shutdown,
    private readonly limits: SocketIoLimits,
  ) {}

  onApplicationShutdown(): void {
    for (const stop of this.stops) stop();
  }

  afterInit(server: Server<Nothing, ClientEvents, Nothing, SocketData>): void {
    server.use((socket, next) => void this.admit(socket, next));
    const { events } = this;
    this.stops.push(
      this.limits.watch(server.engine as Engine),
      this.shutdown.onDrained(() => this.goAway()),
      events.on('job.updated', (event) => this.tell(event)),
      events.on('queue.changed', (update) =>
        this.hearing('queue_update').emit('queue_update', update),
      ),
      events.on('system.told', (update) =>
        this.hearing('system_update').emit('system_update', update),
      ),
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
    const leave = this.watch(principal);
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
    for (const event of ['queue_update', 'system_update'] as const)
      if (mayHear(principal, event)) await socket.join(eventRoom(event));
    if (!mayHear(principal, 'job_update')) return;
    for (const needs of READ_PERMISSIONS) {
      if (!can(principal, needs)) continue;
      await socket.join(jobRoom(needs, principal.userId));
      if (can(principal, 'job:read_all')) await socket.join(jobRoom(needs));
    }
  }

  /** Previews are made for who may see them, and for nobody else. */
  private watch(principal: Principal): () => void {
    if (!mayHear(principal, 'job_update')) return () => undefined;
    return can(principal, 'job:read_all')
      ? this.audience.watchEverybody()
      : this.audience.watch(principal.userId);
  }

  private hearing(event: keyof News) {
    return this.server.to(eventRoom(event)).volatile;
  }

  private async admit(socket: ClientSocket, next: (refused?: Error) => void): Promise<void> {
    try {
      const principal = await this.authenticate(socket);
      this.limits.enter(socket.conn as unknown as EngineConnection, principal);
      socket.data.principal = principal;
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

  private goAway(): void {
    for (const socket of this.server.sockets.sockets.values()) {
      socket.emit('server_shutdown', SERVER_SHUTDOWN);
      // Not `disconnect`, after which a client would not come again by itself.
      socket.conn.close();
    }
  }

  private tell({ ownerId, kind, update }: EventMap['job.updated']): void {
    // Previews are worth nothing late: a slow connection leaves them out instead of queueing them.
    const needs = this.access.permissionFor('read', kind);
    const channel = this.server.to(jobRoom(needs, ownerId)).to(jobRoom(needs));
    if (update.preview === undefined) channel.emit('job_update', update);
    else channel.volatile.emit('job_update', update);
  }
}

/** socket.io hands `data` of the error to the client's `connect_error`. */
function refusal(thrown: unknown): Error {
  const { code, message } = toAppError(thrown);
  return Object.assign(new Error(message), { data: { code, message } });
}
