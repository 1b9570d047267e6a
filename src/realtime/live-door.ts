import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import {
  can,
  type AuthService,
  type Handshake,
  type OriginPolicy,
  type Principal,
} from '../auth/index.js';
import { refuseRaw, requestId, toAppError } from '../common/index.js';
import { TooManySocketsError, type Release, type StreamLimiter } from '../connections/index.js';
import type { Audience } from '../events/index.js';
import { firstMessage, handshakeOf, shortReason, TOKEN_PROTOCOL } from './handshake.js';
import { ImpatientWebSocketServer } from './impatient-web-socket-server.js';
import { CLOSED, LARGEST_MESSAGE, LiveSocket } from './live-socket.js';
import { timerAt } from './news.js';

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
  limiter: StreamLimiter;
  /** Milliseconds that a client without a credential may take to send one. */
  signInMs: number;
  /** Whether who shows nothing is somebody. */
  strangersWelcome: boolean;
}

/** An upgrade that is asked for. */
interface Visit {
  request: IncomingMessage;
  stream: Duplex;
  head: Buffer;
}

/** One that has a place among those that have yet to prove who they are. */
interface SigningIn extends Visit {
  endSignIn: Release;
}

function releaseAtClose(stream: Duplex, release: Release): void {
  if (stream.closed) release();
  else stream.once('close', release);
}

/** One kind of plain WebSocket: it proves who comes, and holds those who were let in. */
export class LiveDoor {
  private readonly clients = new Set<LiveSocket>();
  private readonly server = new ImpatientWebSocketServer({
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
    const visit = { request, stream, head };
    const shown = (this.plan.handshakeOf ?? handshakeOf)(request);
    try {
      await this.signIn(shown, { ...visit, endSignIn: this.beginSignIn(shown, visit) });
    } catch (error) {
      this.turnAway(visit, error);
    }
  }

  /** Tells the clients that the server stops, and ends their connections. */
  goAway(): void {
    for (const client of this.clients) {
      this.plan.onStop?.(client);
      client.goAway();
    }
    for (const socket of this.server.clients) socket.close(CLOSED.stopping, 'SERVER_STOPPING');
  }

  close(): void {
    for (const socket of this.server.clients) socket.terminate();
    this.server.close();
  }

  /** Whoever shows a credential is known at once, and needs no place. @throws TooManySocketsError */
  private beginSignIn(shown: Handshake, { request, stream }: Visit): Release {
    if (shows(shown)) return () => undefined;
    const release = this.parts.limiter.takeSignIn(this.parts.origins.clientAddress(request));
    releaseAtClose(stream, release);
    return release;
  }

  private async signIn(shown: Handshake, visit: SigningIn): Promise<void> {
    const waits = this.plan.strangers === 'answer' && !shows(shown);
    const isSomebody = this.parts.strangersWelcome && !this.parts.origins.isForeign(visit.request);
    if (waits && !isSomebody) {
      this.upgrade(visit, (socket) => void this.awaitCredential(socket, shown, visit));
      return;
    }
    const principal = await this.enter(shown, visit);
    this.upgrade(visit, (socket) => void this.welcome(socket, principal, shown));
  }

  /** Who the client is, with a place among the sockets of that user. @throws TooManySocketsError, and why not */
  private async enter(
    shown: Handshake,
    { request, stream, endSignIn }: SigningIn,
  ): Promise<Principal> {
    const { auth, limiter, origins } = this.parts;
    const principal = await auth.authenticateHandshake(shown);
    releaseAtClose(stream, limiter.takeSocket(principal.userId, origins.clientAddress(request)));
    endSignIn();
    return principal;
  }

  private upgrade({ request, stream, head }: Visit, next: (socket: WebSocket) => void): void {
    this.server.handleUpgrade(request, stream, head, (socket) => {
      // Faults of the client's frames; the library closes the connection.
      socket.on('error', () => undefined);
      next(socket);
    });
  }

  private turnAway(visit: Visit, error: unknown): void {
    if (this.plan.strangers === 'answer' || error instanceof TooManySocketsError)
      refuseRaw(visit.stream, toAppError(error), requestId(visit.request));
    else this.upgrade(visit, (socket) => socket.close(CLOSED.refused, shortReason(error)));
  }

  private async awaitCredential(
    socket: WebSocket,
    handshake: Handshake,
    visit: SigningIn,
  ): Promise<void> {
    const auth = await firstMessage(socket, this.parts.signInMs);
    if (!auth) return;
    const shown = { ...handshake, auth };
    try {
      await this.welcome(socket, await this.enter(shown, visit), shown);
    } catch (error) {
      const code = error instanceof TooManySocketsError ? CLOSED.tooMany : CLOSED.refused;
      socket.close(code, shortReason(error));
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
