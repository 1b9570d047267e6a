import multipart from '@fastify/multipart';
import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppModule, type AppParts } from './app.module.js';
import { EarlyAccess, OriginPolicy, trustedProxies, UserStore } from './auth/index.js';
import { BodyReader, hasBody } from './bodies/index.js';
import {
  admitPages,
  createValidationPipe,
  ErrorFilter,
  forbidCaching,
  refuseUnreadable,
  requestId,
  sendError,
  toAppError,
} from './common/index.js';
import { closeDataFolder, markUsed, type Config } from './config/index.js';
import {
  CONNECTION_TIMES,
  OpenConnections,
  RequestsInProgress,
  Shutdown,
  StreamLimiter,
} from './connections/index.js';
import { DIALECTS, prepare } from './dialects/index.js';
import { SocketIoAdapter } from './realtime/index.js';

const MIB = 1024 * 1024;

export interface AppOverrides extends AppParts {
  /** false: silent. */
  logger?: LoggerService | false;
}

/** What may still be asked of a server that is stopping: to look, and to end things. */
const METHODS_AT_STOP = ['GET', 'HEAD', 'OPTIONS', 'DELETE'];

/** Whether a server that is stopping refuses this, so that whoever asks goes elsewhere or comes again. */
function isRefusedAtStop({ method, routeOptions }: FastifyRequest): boolean {
  return !METHODS_AT_STOP.includes(method) || (routeOptions.url ?? '').endsWith('/health');
}

/** What the router refuses by itself, such as a broken escape in a URL, passes no hook and no filter. */
function refuse(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  void reply.header('x-request-id', request.id);
  sendError(toAppError(error), request, reply, DIALECTS);
}

/** Bounds of a form; uploads of models have their own. */
function formLimits({ server }: Config) {
  return {
    fileSize: server.bodyLimitMb * MIB,
    files: 64,
    fields: 500,
    fieldNameSize: 200,
    fieldSize: MIB,
    headerPairs: 20,
    parts: 500,
  };
}

/** The application, initialised and not yet listening. */
export async function createApp(
  config: Config,
  overrides: AppOverrides = {},
): Promise<NestFastifyApplication> {
  closeDataFolder(config);
  const adapter = new FastifyAdapter({
    bodyLimit: config.server.bodyLimitMb * MIB,
    genReqId: requestId,
    http: CONNECTION_TIMES,
    keepAliveTimeout: CONNECTION_TIMES.keepAliveTimeout,
    requestTimeout: CONNECTION_TIMES.requestTimeout,
    // Keep-alive connections must not hold up a stop.
    forceCloseConnections: true,
    frameworkErrors: refuse,
    clientErrorHandler: refuseUnreadable,
    trustProxy: trustedProxies(config.server.trustedProxies),
    // A path of a model is one part of an address, however deep the model lies.
    routerOptions: { maxParamLength: 1000 },
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.with(config, overrides),
    adapter,
    {
      logger: overrides.logger,
      abortOnError: false,
      // Bodies are read by our own reader, within bounds.
      bodyParser: false,
      // Or the close of socket.io would wait for all open requests.
      forceCloseConnections: true,
    },
  );
  const origins = app.get(OriginPolicy, { strict: false });
  const shutdown = app.get(Shutdown, { strict: false });
  const requests = app.get(RequestsInProgress, { strict: false });
  const connections = app.get(OpenConnections, { strict: false });
  const limiter = app.get(StreamLimiter, { strict: false });
  const access = app.get(EarlyAccess, { strict: false });
  const bodies = app.get(BodyReader, { strict: false });
  connections.track(app.getHttpServer());
  app.useGlobalPipes(createValidationPipe());
  app.useGlobalFilters(new ErrorFilter(DIALECTS));
  app.useWebSocketAdapter(new SocketIoAdapter(app, { config, limiter, origins, shutdown }));
  admitPages(app, config.server.corsOrigins);
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', async (request, reply) => {
      void reply.header('x-request-id', request.id);
      requests.add(request, reply);
      try {
        origins.receive(request.raw);
        prepare(request);
        origins.checkRequest(request.raw);
        if (isRefusedAtStop(request)) shutdown.assertRunning();
        await access.check(request, reply);
        bodies.receive(request);
      } catch (error) {
        // A body that nobody reads would come all the same.
        if (hasBody(request.raw)) void reply.header('connection', 'close');
        sendError(toAppError(error), request, reply, DIALECTS);
        return reply;
      }
    });
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('preClose', async () => connections.destroyAll());
  forbidCaching(app.getHttpAdapter().getInstance());
  await app.register(multipart, { limits: formLimits(config) });
  bodies.readJson(app.getHttpAdapter().getInstance());
  await app.init();
  if (await app.get(UserStore, { strict: false }).exists()) markUsed(config);
  // What a form of any page can send without asking first. No API here has such bodies.
  app.getHttpAdapter().getInstance().removeContentTypeParser('text/plain');
  return app;
}
