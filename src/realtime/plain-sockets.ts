import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { WebSocketServer, type WebSocket } from 'ws';
import { AuthService, can, type Handshake, type Principal } from '../auth/index.js';
import { refuseRaw, requestId, toAppError } from '../common/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { Audience, EventBus, type EventMap } from '../events/index.js';
import { timerAt, type News } from './news.js';
import {
  firstMessage,
  handshakeOf,
  shortReason,
  showsCredential,
  TOKEN_PROTOCOL,
} from './plain-handshake.js';
import { CLOSED, PlainSocket } from './plain-socket.js';

const PATH = '/ws';

/** Clients send credentials and nothing else. */
const LARGEST_MESSAGE = 16 * 1024;

const PING_MS = 30_000;

/**
 * Live news over a plain WebSocket at `/ws` (seed stable-diffusion-cpp-rest, "WebSocket Support"), beside
 * socket.io on the same port. The same rules hold as there: a good credential, the news of one's own jobs,
 * and an end with the session or key.
 */
@Injectable()
export class PlainSockets implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(PlainSockets.name);
  private readonly clients = new Set<PlainSocket>();
  private readonly stops: Array<() => void> = [];
  private readonly server = new WebSocketServer({
    noServer: true,
    maxPayload: LARGEST_MESSAGE,
    perMessageDeflate: false,
    handleProtocols: (protocols) => protocols.has(TOKEN_PROTOCOL) && TOKEN_PROTOCOL,
  });

  constructor(
    private readonly auth: AuthService,
    private readonly audience: Audience,
    private readonly events: EventBus,
    private readonly http: HttpAdapterHost,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onApplicationBootstrap(): void {
    const http = this.http.httpAdapter.getHttpServer() as Server;
    const upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
      const path = request.url?.split('?', 1)[0];
      if (path === PATH) void this.admit(request, stream, head);
    };
    const pings = setInterval(() => this.each((client) => client.check()), PING_MS).unref();
    http.on('upgrade', upgrade);
    this.stops.push(
      () => http.off('upgrade', upgrade),
      () => clearInterval(pings),
      ...this.follow(),
    );
  }

  onModuleDestroy(): void {
    for (const stop of this.stops) stop();
    for (const socket of this.server.clients) socket.terminate();
    this.server.close();
  }

  private follow(): Array<() => void> {
    const { events } = this;
    return [
      events.on('job.updated', (event) => this.tellJob(event)),
      events.on('queue.changed', (update) => this.tellAll('queue_update', update)),
      events.on('system.told', (update) => this.tellAll('system_update', update)),
      events.on('session.revoked', ({ sessionId }) =>
        this.end(({ principal }) => principal.sessionId === sessionId),
      ),
      events.on('key.revoked', ({ keyId }) =>
        this.end(({ principal }) => principal.keyId === keyId),
      ),
      events.on('user.changed', ({ userId }) =>
        this.end(({ principal }) => principal.userId === userId),
      ),
    ];
  }

  /** A credential in the handshake is checked before there is a connection; without one, the first message is waited for. */
  private async admit(request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> {
    stream.on('error', () => stream.destroy());
    const handshake = handshakeOf(request);
    const decided = showsCredential(request) || this.config.auth.methods.includes('none');
    try {
      const principal = decided ? await this.auth.authenticateHandshake(handshake) : undefined;
      this.server.handleUpgrade(request, stream, head, (socket) => {
        // Faults of the client's frames; the library closes the connection.
        socket.on('error', () => undefined);
        if (principal) void this.welcome(socket, principal, handshake);
        else void this.awaitCredential(socket, handshake);
      });
    } catch (error) {
      refuseRaw(stream, toAppError(error), requestId(request));
    }
  }

  private async awaitCredential(socket: WebSocket, handshake: Handshake): Promise<void> {
    const auth = await firstMessage(socket);
    if (!auth) return;
    const shown = { ...handshake, auth };
    try {
      await this.welcome(socket, await this.auth.authenticateHandshake(shown), shown);
    } catch (error) {
      socket.close(CLOSED.refused, shortReason(error));
    }
  }

  private async welcome(socket: WebSocket, principal: Principal, shown: Handshake): Promise<void> {
    const client = new PlainSocket(socket, principal);
    this.clients.add(client);
    const leave = can(principal, 'job:read_all')
      ? this.audience.watchEverybody()
      : this.audience.watch(principal.userId);
    const expiry = timerAt(principal.expiresAt, () => client.refuse('AUTH_REQUIRED'));
    socket.once('close', () => {
      this.clients.delete(client);
      leave();
      clearTimeout(expiry);
    });
    // A log out between the first check and now would have gone unheard.
    await this.auth
      .authenticateHandshake(shown)
      .catch((error: unknown) => client.refuse(shortReason(error)));
    this.logger.debug(`${principal.username} is connected`);
  }

  private tellJob({ ownerId, update }: EventMap['job.updated']): void {
    this.each((client) => {
      const { principal } = client;
      if (principal.userId === ownerId || can(principal, 'job:read_all'))
        client.tell('job_update', update);
    });
  }

  private tellAll<Type extends 'queue_update' | 'system_update'>(
    type: Type,
    data: News[Type],
  ): void {
    this.each((client) => client.tell(type, data));
  }

  private end(isMeant: (client: PlainSocket) => boolean): void {
    this.each((client) => {
      if (isMeant(client)) client.refuse('AUTH_REQUIRED');
    });
  }

  private each(action: (client: PlainSocket) => void): void {
    for (const client of this.clients) action(client);
  }
}
