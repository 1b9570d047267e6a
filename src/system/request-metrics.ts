import { Inject, Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '../auth/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { LOG_ROUTE } from './logs/log.controller.js';
import { Metrics } from './metrics.js';

/** What is not answered by any route; the paths themselves would be as many as a stranger likes. */
const NO_ROUTE = 'none';

/** Counts every answered request, and writes a line of it: neither query nor headers, which may hold secrets. */
@Injectable()
export class RequestMetrics {
  private readonly logger = new Logger('Request');

  constructor(
    http: HttpAdapterHost,
    private readonly metrics: Metrics,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    // Here and not when the module starts: Fastify's hooks reach only the routes that are added after them.
    const fastify = http.httpAdapter.getInstance<FastifyInstance>();
    fastify.addHook('onResponse', async (request, reply) => this.answered(request, reply));
  }

  private answered(request: FastifyRequest & { user?: Principal }, reply: FastifyReply): void {
    const { method } = request;
    const route = request.routeOptions.url ?? NO_ROUTE;
    const status = reply.statusCode;
    this.metrics.request({ method, route, status }, reply.elapsedTime / 1000);
    // Whoever watches the log would fill it by watching.
    const isWatching = route === LOG_ROUTE && status < 400;
    if (!this.config.server.requestLog || isWatching) return;
    const ms = Math.round(reply.elapsedTime * 10) / 10;
    const user = request.user?.userId ?? null;
    if (this.config.server.logFormat === 'json') {
      this.logger.log({ method, route, status, ms, user, request_id: request.id });
    } else {
      this.logger.log(`${method} ${route} ${status} ${ms} ms ${user ?? '-'} ${request.id}`);
    }
  }
}
