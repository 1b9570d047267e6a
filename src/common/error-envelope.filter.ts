import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { inspect } from 'node:util';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AppError, FieldProblem } from './errors.js';
import { toAppError } from './to-app-error.js';

/** The body of every failed request (seed stable-diffusion-cpp-rest, "Error Responses"). */
export interface ErrorEnvelope {
  error: {
    message: string;
    code: string;
    status_code: number;
    request_id: string;
    /** Unix time in seconds. */
    timestamp: number;
    /** Only for errors of input: what is wrong, field by field. */
    problems?: FieldProblem[];
  };
}

export function toEnvelope(error: AppError, requestId: string): ErrorEnvelope {
  return {
    error: {
      message: error.message,
      code: error.code,
      status_code: error.status,
      request_id: requestId,
      timestamp: Math.floor(Date.now() / 1000),
      ...(error.problems.length > 0 ? { problems: error.problems } : {}),
    },
  };
}

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
