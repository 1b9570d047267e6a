import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { AuthService, OriginPolicy } from '../../auth/index.js';
import { messageOf, refuseRaw, requestId, toAppError } from '../../common/index.js';
import { CONFIG, type Config, type ListenerPlan, type StaticFiles } from '../../config/index.js';
import { CONNECTION_TIMES, OpenConnections } from '../../connections/index.js';
import type { Dialect } from '../dialect.js';
import { enter } from './rewrite.js';
import { folderFor, opensPage, sendStatic } from './static-files.js';

/** Every dialect of this program. */
export const KNOWN_DIALECTS = Symbol('dialects');

/** Where a listener listens. */
export interface OpenListener {
  dialect: string;
  address: string;
  port: number;
}

function hostOf(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

/**
 * Further doors of the server, each for one dialect, which is at the root there: for clients that cannot
 * put anything before a path. What comes in by one is handed to the first, so that every rule holds.
 */
@Injectable()
export class Listeners implements OnApplicationShutdown {
  private readonly logger = new Logger(Listeners.name);
  private readonly servers: Server[] = [];

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(KNOWN_DIALECTS) private readonly dialects: readonly Dialect[],
    private readonly auth: AuthService,
    private readonly origins: OriginPolicy,
    private readonly http: HttpAdapterHost,
    private readonly connections: OpenConnections,
  ) {}

  /**
   * Opens what is configured; the first door must be open already.
   * @throws Error for a dialect or a folder that is not there, or a port that cannot be listened on.
   */
  async listen(): Promise<OpenListener[]> {
    const plans = this.config.server.listeners.map((plan) => ({
      plan,
      dialect: this.dialectOf(plan),
    }));
    const open: OpenListener[] = [];
    for (const { plan, dialect } of plans) open.push(await this.open(plan, dialect));
    return open;
  }

  onApplicationShutdown(): void {
    for (const server of this.servers) server.close();
    this.connections.destroyAll();
  }

  private dialectOf({ dialect: name, static: folders }: ListenerPlan): Dialect {
    const missing = folders.find(({ dir, fallback }) => !existsSync(join(dir, fallback ?? '')));
    if (missing)
      throw new Error(
        `ATELIER_LISTENERS names ${join(missing.dir, missing.fallback ?? '')}, which is not there.`,
      );
    const dialect = this.dialects.find((one) => one.name === name);
    if (dialect) return dialect;
    const names = this.dialects.map((one) => one.name).join(', ');
    throw new Error(`ATELIER_LISTENERS names the dialect "${name}"; there are ${names}.`);
  }

  private async open(plan: ListenerPlan, dialect: Dialect): Promise<OpenListener> {
    const first = this.http.httpAdapter.getHttpServer() as Server;
    const server = createServer(CONNECTION_TIMES, (request, response) => {
      void this.answer(first, plan.static, dialect, request, response);
    });
    server.on('upgrade', (request, socket, head) => {
      enter(request, dialect);
      first.emit('upgrade', request, socket, head);
    });
    server.on('clientError', (error, socket) => first.emit('clientError', error, socket));
    this.connections.track(server);
    server.listen(plan.port, plan.host ?? this.config.server.host);
    await once(server, 'listening');
    this.servers.push(server);
    const { address, port } = server.address() as AddressInfo;
    this.logger.log(`Listening for ${dialect.name} on http://${hostOf(address)}:${port}`);
    return { dialect: dialect.name, address, port };
  }

  private async answer(
    first: Server,
    folders: readonly StaticFiles[],
    dialect: Dialect,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const folder = folderFor(folders, request.url ?? '');
    if (!folder) {
      enter(request, dialect);
      first.emit('request', request, response);
      return;
    }
    if (!this.receives(request)) return;
    try {
      const signIn = await this.signInFor(request, dialect);
      if (signIn) response.writeHead(302, { location: signIn }).end();
      else await sendStatic(request, response, folder);
    } catch (error) {
      this.logger.debug(`A static file was not sent: ${messageOf(error)}`);
      response.destroy();
    }
  }

  private receives(request: IncomingMessage): boolean {
    try {
      this.origins.receive(request);
      return true;
    } catch (error) {
      refuseRaw(request.socket, toAppError(error), requestId(request));
      return false;
    }
  }

  /** Where a person who opens a page has to sign in first; undefined where they need not. */
  private async signInFor(request: IncomingMessage, dialect: Dialect): Promise<string | undefined> {
    if (!dialect.signIn || !opensPage(request)) return undefined;
    dialect.showCredential?.(request);
    const known = await this.auth.authenticateReceived(request).then(
      () => true,
      () => false,
    );
    if (known) return undefined;
    return `${dialect.signIn}?redirect=${encodeURIComponent(request.url ?? '/')}`;
  }
}
