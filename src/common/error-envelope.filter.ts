import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { inspect } from 'node:util';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { toEnvelope } from './error-envelope.js';
import type { AppError } from './errors.js';
import { toAppError } from './to-app-error.js';

/** The core's error exit: shapes whatever was thrown as the documented envelope. */
@Catch()
export class ErrorEnvelopeFilter implements ExceptionFilter {
  private readonly logger = new Logger('Errors');

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const error = toAppError(thrown);
    this.log(error, request);
    if (reply.sent) return;
    void reply
      .status(error.status)
      .headers(error.headers)
      .header('content-type', 'application/json; charset=utf-8')
      .send(toEnvelope(error, request.id));
  }

  private log(error: AppError, request: FastifyRequest): void {
    const line = `${request.method} ${request.routeOptions?.url ?? 'unknown route'} -> ${error.status} ${error.code} (${request.id})`;
    if (error.logLevel === 'error') {
      this.logger.error(line, inspect(error.cause ?? error));
    } else if (error.logLevel === 'warn') this.logger.warn(line);
    else this.logger.debug(line);
  }
}
