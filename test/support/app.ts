import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { loadConfig, type Config, type Environment } from '../../src/config/index.js';
import { createApp } from '../../src/create-app.js';
import { Listeners, type OpenListener } from '../../src/dialects/index.js';
import { UnixListener, type MachineAccounts } from '../../src/auth/index.js';
import {
  FakeEngine,
  FakeTextEngine,
  type ImageEngine,
  type TextEngine,
} from '../../src/engine/index.js';
import { strayingOf } from './api-check.js';
import { temporaryFolder } from './folder.js';

export const ADMIN_PASSWORD = 'a password for tests';

export interface TestAppOptions {
  /** Settings besides the data folder and the password of the administrator. */
  env?: Environment;
  /** Default: an engine that draws at once. */
  engine?: ImageEngine;
  /** Default: one that answers at once. */
  textEngine?: TextEngine;
  /** Default: those of this machine. */
  machine?: MachineAccounts;
  /** Default: the server refuses to restart. */
  restart?: () => void;
  /** An existing data folder, which then outlives the app; default: a new one, removed with it. */
  dataDir?: string;
}

export interface Route {
  method: string;
  /** As declared, for example `/api/queue/job/:id`. */
  path: string;
}

export interface TestApp {
  app: NestFastifyApplication;
  config: Config;
  dataDir: string;
  /** Every route that Fastify answers, however it was added. */
  routes: Route[];
  /** Opens a free port of this machine, and the Unix socket and listeners where they are set; gives the address without a slash at its end. */
  listen(): Promise<string>;
  /** The address of the listener for a dialect, once it is open. */
  listenerOf(dialect: string): string;
  /** @throws Error when an answer was not as the description of the API says. */
  close(): Promise<void>;
}

/** Holds each answer of the server against the description of its API. */
function watchAnswers(fastify: FastifyInstance, strayings: Set<string>): void {
  fastify.addHook('onSend', async (request, reply, payload) => {
    const route = request.routeOptions.url;
    const isText = typeof payload === 'string';
    if (route === undefined || request.method === 'HEAD' || !isText) return;
    const contentType = String(reply.getHeader('content-type') ?? '');
    const { method } = request;
    const { statusCode: status } = reply;
    const straying = strayingOf({ method, route, status, contentType, body: payload });
    if (straying) strayings.add(straying);
  });
}

/** Writes down every route of the server that `boot` makes. */
async function withRoutes<T>(
  boot: () => Promise<T>,
): Promise<{ result: T; routes: Route[]; strayings: Set<string> }> {
  const routes: Route[] = [];
  const strayings = new Set<string>();
  const watch = (message: unknown): void => {
    const { fastify } = message as { fastify: FastifyInstance };
    watchAnswers(fastify, strayings);
    fastify.addHook('onRoute', ({ method, url }) => {
      routes.push(...[method].flat().map((one) => ({ method: one, path: url })));
    });
  };
  subscribe('fastify.initialization', watch);
  try {
    return { result: await boot(), routes, strayings };
  } finally {
    unsubscribe('fastify.initialization', watch);
  }
}

/** The whole server, silent, over a fake engine and a data folder of its own; answers `app.inject`. */
export async function createTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const own = options.dataDir === undefined ? await temporaryFolder() : undefined;
  const dataDir = options.dataDir ?? own!.path;
  const config = loadConfig({
    ATELIER_DATA_DIR: dataDir,
    ATELIER_ADMIN_PASSWORD: ADMIN_PASSWORD,
    ATELIER_RESERVE_MB: '0',
    ...options.env,
  });
  const engine = options.engine ?? FakeEngine.instant();
  const {
    result: app,
    routes,
    strayings,
  } = await withRoutes(() =>
    createApp(config, {
      engine,
      textEngine: options.textEngine ?? new FakeTextEngine(),
      machine: options.machine,
      restart: options.restart,
      logger: false,
    }),
  ).catch(async (error: unknown) => {
    await own?.remove();
    throw error;
  });
  let listeners: OpenListener[] = [];
  return {
    app,
    config,
    dataDir,
    routes,
    async listen() {
      await app.listen(0, '127.0.0.1');
      await app.get(UnixListener).listen();
      listeners = await app.get(Listeners).listen();
      return `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
    },
    listenerOf(dialect) {
      const { port } = listeners.find((one) => one.dialect === dialect)!;
      return `http://127.0.0.1:${port}`;
    },
    async close() {
      await app.close();
      await own?.remove();
      if (strayings.size > 0)
        throw new Error(`Not as docs/openapi.json says:\n${[...strayings].join('\n')}`);
    },
  };
}
