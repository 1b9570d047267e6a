import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import {
  can,
  type AuthService,
  type Handshake,
  type OriginPolicy,
  type Principal,
} from '../auth/index.js';
import { refuseRaw, requestId, toAppError } from '../common/index.js';
import type { Audience } from '../events/index.js';
import { firstMessage, handshakeOf, shortReason, TOKEN_PROTOCOL } from './handshake.js';
import { CLOSED, LiveSocket } from './live-socket.js';
import { timerAt } from './news.js';

/** Clients send credentials and pings, and nothing else. */
const LARGEST_MESSAGE = 16 * 1024;

/** How a plain WebSocket is served. */
export interface DoorPlan {
  /** Paths that it answers at, without a query. */
  paths: readonly string[];
  /** Whose jobs a client follows: their own, or those of everybody where they may see these. */
  follows: 'own' | 'permitted';
  /**
   * What becomes of a client without a good credential: `answer` refuses the request before there is a
   * connection, but waits for the first message of who shows nothing; `close` makes the connection and
   * ends it with code 4401, for clients that read nothing else.
   */
  strangers: 'answer' | 'close';
  /** What the handshake shows; default: the headers, and the token among the subprotocols. */
  handshakeOf?: (request: IncomingMessage) => Handshake;
  /** A client has been let in. */
  welcome?: (client: LiveSocket) => void;
  /** A client that was let in has sent a text. */
  heard?: (client: LiveSocket, text: string) => void;
  /** The server stops: the last chance to say so. */
  onStop?: (client: LiveSocket) => void;
}

/** What a door needs of the house. */
export interface DoorParts {
  auth: AuthService;
  audience: Audience;
  origins: OriginPolicy;
  /** Whether who shows nothing is somebody. */
  strangersWelcome: boolean;
}

/** One kind of plain WebSocket: it proves who comes, and holds those who were let in. */
export class LiveDoor {
  private readonly clients = new Set<LiveSocket>();
  private readonly server = new WebSocketServer({
    noServer: true,
    maxPayload: LARGEST_MESSAGE,
    perMessageDeflate: false,
    handleProtocols: (protocols) => protocols.has(TOKEN_PROTOCOL) && TOKEN_PROTOCOL,
  });

  constructor(
    private readonly plan: DoorPlan,
    private readonly parts: DoorParts,
  ) {}

  each(action: (client: LiveSocket) => void): void {
    for (const client of this.clients) action(client);
  }

  answersAt(path: string): boolean {
    return this.plan.paths.includes(path);
  }

  async admit(request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> {
    stream.on('error', () => stream.destroy());
    const shown = (this.plan.handshakeOf ?? handshakeOf)(request);
    const waits = this.plan.strangers === 'answer' && !shows(shown);
    const isSomebody = this.parts.strangersWelcome && !this.parts.origins.isForeign(request);
    if (waits && !isSomebody) {
      this.upgrade(request, stream, head, (socket) => void this.awaitCredential(socket, shown));
      return;
    }
    try {
      const principal = await this.parts.auth.authenticateHandshake(shown);
      this.upgrade(request, stream, head, (socket) => void this.welcome(socket, principal, shown));
    } catch (error) {
      this.turnAway(request, stream, head, error);
    }
  }

  /** Tells the clients that the server stops, and ends their connections. */
  goAway(): void {
    for (const client of this.clients) {
      this.plan.onStop?.(client);
      client.goAway();
    }
  }

  close(): void {
    for (const socket of this.server.clients) socket.terminate();
    this.server.close();
  }

  private upgrade(
    request: IncomingMessage,
    stream: Duplex,
    head: Buffer,
    next: (socket: WebSocket) => void,
  ): void {
    this.server.handleUpgrade(request, stream, head, (socket) => {
      // Faults of the client's frames; the library closes the connection.
      socket.on('error', () => undefined);
      next(socket);
    });
  }

  private turnAway(request: IncomingMessage, stream: Duplex, head: Buffer, error: unknown): void {
    if (this.plan.strangers === 'answer') {
      refuseRaw(stream, toAppError(error), requestId(request));
      return;
    }
    this.upgrade(request, stream, head, (socket) =>
      socket.close(CLOSED.refused, shortReason(error)),
    );
  }

  private async awaitCredential(socket: WebSocket, handshake: Handshake): Promise<void> {
    const auth = await firstMessage(socket);
    if (!auth) return;
    const shown = { ...handshake, auth };
    try {
      await this.welcome(socket, await this.parts.auth.authenticateHandshake(shown), shown);
    } catch (error) {
      socket.close(CLOSED.refused, shortReason(error));
    }
  }

  /** Previews are made for who may see them, and for nobody else. */
  private watch(principal: Principal): () => void {
    const { audience } = this.parts;
    if (!can(principal, 'job:read')) return () => undefined;
    const all = this.plan.follows === 'permitted' && can(principal, 'job:read_all');
    return all ? audience.watchEverybody() : audience.watch(principal.userId);
  }

  private async welcome(socket: WebSocket, principal: Principal, shown: Handshake): Promise<void> {
    const { plan, parts } = this;
    const client = new LiveSocket(socket, principal);
    this.clients.add(client);
    const leave = this.watch(principal);
    const expiry = timerAt(principal.expiresAt, () => client.refuse('AUTH_REQUIRED'));
    socket.on('message', (data, isBinary) => {
      if (!isBinary) plan.heard?.(client, (data as Buffer).toString());
    });
    socket.once('close', () => {
      this.clients.delete(client);
      leave();
      clearTimeout(expiry);
    });
    plan.welcome?.(client);
    // A log out between the first check and now would have gone unheard.
    await parts.auth
      .authenticateHandshake(shown)
      .catch((error: unknown) => client.refuse(shortReason(error)));
  }
}

/** Whether a handshake shows any credential. */
function shows({ headers, auth }: Handshake): boolean {
  const { authorization, 'x-api-key': key, 'x-unix-user': user } = headers;
  return Boolean(auth || authorization || key || user);
}
