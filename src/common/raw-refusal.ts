import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { toEnvelope } from './error-envelope.js';
import { InvalidParametersError, type AppError } from './errors.js';

/** Milliseconds that a client has to read why it was refused. */
const LINGER_MS = 2000;

/** Answers as any other request is refused, where there is nothing but the connection, and ends that. */
export function refuseRaw(stream: Duplex, error: AppError, requestId: string): void {
  const body = JSON.stringify(toEnvelope(error, requestId));
  const headers = {
    ...error.headers,
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    'X-Request-Id': requestId,
    'Cache-Control': 'no-store',
    Connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const status = `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}`;
  stream.end(`${status}\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
  // A client that never closes its side would keep the connection for ever.
  setTimeout(() => stream.destroy(), LINGER_MS).unref();
}

/** The address or the headers of a request are larger than is read of them. */
export const TOO_MUCH_HEAD = new InvalidParametersError(
  'The address and the headers of this request are larger than this server accepts.',
  431,
);

function refusalOf(code: string | undefined): AppError {
  if (code === 'HPE_HEADER_OVERFLOW') return TOO_MUCH_HEAD;
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new InvalidParametersError('This request did not arrive in time.', 408);
  return new InvalidParametersError('This is not a request of HTTP/1.1.');
}

/** Answers what is no request that could be handed to anybody. */
export function refuseUnreadable(error: Error & { code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
  else refuseRaw(socket, refusalOf(error.code), randomUUID());
}
