import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { inspect } from 'node:util';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { errorFormOf, type PlacedForm } from './error-form.js';
import type { AppError } from './errors.js';
import { toAppError } from './to-app-error.js';

/** Answers with an error in the form of the API that was called. */
export function sendError(
  error: AppError,
  request: FastifyRequest,
  reply: FastifyReply,
  places: readonly PlacedForm[],
): void {
  // An address can be spelled in many ways; its route cannot.
  const path = request.routeOptions?.url ?? request.url;
  const { status, headers, body } = errorFormOf(places, path).reply(error, request.id);
  void reply.status(status).headers(headers);
  if (body === undefined) void reply.send();
  else void reply.header('content-type', 'application/json; charset=utf-8').send(body);
}

/** The one error exit: whatever was thrown, in the form of the API that was called. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('Errors');

  /** @param places the forms of other APIs than the core's. */
  constructor(private readonly places: readonly PlacedForm[] = []) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const error = toAppError(thrown);
    this.log(error, request);
    // Whoever has hung up reads no error.
    if (!reply.sent && !reply.raw.destroyed) sendError(error, request, reply, this.places);
  }

  private log(error: AppError, request: FastifyRequest): void {
    const line = `${request.method} ${request.routeOptions?.url ?? 'unknown route'} -> ${error.status} ${error.code} (${request.id})`;
    if (error.logLevel === 'error') {
      this.logger.error(line, inspect(error.cause ?? error));
    } else if (error.logLevel === 'warn') this.logger.warn(line);
    else this.logger.debug(line);
  }
}
