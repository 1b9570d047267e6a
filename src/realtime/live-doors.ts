import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { AuthService, OriginPolicy, type Principal } from '../auth/index.js';
import { refuseRaw, requestId, toAppError } from '../common/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { Shutdown, StreamLimiter } from '../connections/index.js';
import { Audience, EventBus } from '../events/index.js';
import { LiveDoor, type DoorPlan } from './live-door.js';

const PING_MS = 30_000;

/**
 * Plain WebSockets beside socket.io on the same port. The same rules hold for each: a good credential, and
 * an end with the session or key.
 */
@Injectable()
export class LiveDoors implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly doors: LiveDoor[] = [];
  private readonly stops: Array<() => void> = [];

  constructor(
    private readonly auth: AuthService,
    private readonly audience: Audience,
    private readonly events: EventBus,
    private readonly http: HttpAdapterHost,
    private readonly origins: OriginPolicy,
    private readonly shutdown: Shutdown,
    private readonly limiter: StreamLimiter,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Opens one more; what is to be told its clients is up to who opens it. */
  open(plan: DoorPlan): LiveDoor {
    const { auth, audience, config, limiter, origins } = this;
    const strangersWelcome = config.auth.methods.includes('none');
    const signInMs = config.connections.signInSeconds * 1000;
    const parts = { auth, audience, limiter, origins, signInMs, strangersWelcome };
    const door = new LiveDoor(plan, parts);
    this.doors.push(door);
    return door;
  }

  onApplicationBootstrap(): void {
    const http = this.http.httpAdapter.getHttpServer() as Server;
    const upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
      const path = request.url?.split('?', 1)[0] ?? '';
      const door = this.doors.find((one) => one.answersAt(path));
      if (!door) return;
      try {
        this.shutdown.assertRunning();
        this.origins.receive(request);
      } catch (error) {
        refuseRaw(stream, toAppError(error), requestId(request));
        return;
      }
      void door.admit(request, stream, head);
    };
    const pings = setInterval(() => {
      for (const door of this.doors) door.each((client) => client.check());
    }, PING_MS).unref();
    http.on('upgrade', upgrade);
    this.stops.push(
      () => http.off('upgrade', upgrade),
      () => clearInterval(pings),
      ...this.follow(),
      this.shutdown.onDrained(() => {
        for (const door of this.doors) door.goAway();
      }),
    );
  }

  onApplicationShutdown(): void {
    for (const stop of this.stops) stop();
    for (const door of this.doors) door.close();
  }

  private follow(): Array<() => void> {
    const { events } = this;
    return [
      events.on('session.revoked', (event) => this.end((one) => one.sessionId === event.sessionId)),
      events.on('key.revoked', (event) => this.end((one) => one.keyId === event.keyId)),
      events.on('user.changed', (event) => this.end((one) => one.userId === event.userId)),
    ];
  }

  private end(isMeant: (principal: Principal) => boolean): void {
    for (const door of this.doors) {
      door.each((client) => {
        if (isMeant(client.principal)) client.refuse('AUTH_REQUIRED');
      });
    }
  }
}
