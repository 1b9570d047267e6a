import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { CONFIG, type Config } from '../config/index.js';
import { ClientGoneError, InvalidParametersError, refuseRaw } from '../common/index.js';
import { BodyRoutes } from './body-routes.js';
import { BodyTimeoutError, BodyTooLargeError } from './body-errors.js';
import { BytesInFlight, type Flight } from './bytes-in-flight.js';
import { parseJson } from './json-parser.js';

const KIB = 1024;
const MIB = 1024 * KIB;

/** Bytes of a body of a route that anybody may call. */
export const PUBLIC_BYTES = 16 * KIB;

/** Bytes of a body in which no images come. */
export const SMALL_BYTES = 256 * KIB;

/** Milliseconds without a byte after which a body is given up. */
const IDLE_MS = 10_000;

/** Milliseconds between two looks at how fast a body comes, and the bytes that must have come meanwhile. */
const PACE_MS = 30_000;
const PACE_BYTES = 16 * KIB;

function announcedBytes({ headers }: IncomingMessage): number {
  return Number(headers['content-length'] ?? 0);
}

/** Whether a request says that a body follows. */
export function hasBody(request: IncomingMessage): boolean {
  return request.headers['transfer-encoding'] !== undefined || announcedBytes(request) > 0;
}

/**
 * Reads the bodies of requests within bounds of size, of memory and of time. Who sends them is known before
 * their first byte is read.
 */
@Injectable()
export class BodyReader {
  private readonly inFlight: BytesInFlight;
  private readonly largeBytes: number;

  constructor(
    private readonly routes: BodyRoutes,
    @Inject(CONFIG) { server }: Config,
  ) {
    this.largeBytes = server.bodyLimitMb * MIB;
    this.inFlight = new BytesInFlight(server.bytesPerAddressMb * MIB, server.bytesInFlightMb * MIB);
  }

  /** Bytes that are being received. */
  get bytesInFlight(): number {
    return this.inFlight.bytes;
  }

  /** Bytes that this request may send as one body. A caller who is known may send images also where anybody may call. */
  limitOf(request: FastifyRequest): number {
    const { method, routeOptions } = request;
    const known = (request as { user?: unknown }).user !== undefined;
    switch (this.routes.classOf(`${method} ${routeOptions.url}`)) {
      case 'large':
        return known ? this.largeBytes : Math.min(PUBLIC_BYTES, this.largeBytes);
      case 'small':
        return Math.min(SMALL_BYTES, this.largeBytes);
      case 'public':
        return Math.min(PUBLIC_BYTES, this.largeBytes);
    }
  }

  /**
   * To be called with every request once its caller is known, before its body is read.
   * @throws BodyTooLargeError where the request announces too much
   */
  receive(request: FastifyRequest): void {
    const { raw } = request;
    if (!hasBody(raw)) return;
    if (!isForm(request) && announcedBytes(raw) > this.limitOf(request))
      throw this.tooLarge(request);
    watchPace(request);
  }

  /** Takes the place of the server's own reader of JSON. */
  readJson(server: FastifyInstance): void {
    server.removeContentTypeParser('application/json');
    server.addContentTypeParser('application/json', async (request: FastifyRequest) => {
      const json = await this.read(request);
      if (json.length > 0) return parseJson(json);
      throw new InvalidParametersError(
        'The body is empty; send a JSON object, or no Content-Type.',
      );
    });
  }

  private async read(request: FastifyRequest): Promise<Buffer> {
    const limit = this.limitOf(request);
    const flight = this.inFlight.begin((request.ip as string | undefined) ?? 'unix');
    try {
      return await this.collect(request, limit, flight);
    } finally {
      flight.end();
    }
  }

  private async collect(request: FastifyRequest, limit: number, flight: Flight): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of untilGone(request.raw)) {
      length += chunk.length;
      if (length > limit) throw this.tooLarge(request);
      flight.add(chunk.length);
      chunks.push(chunk);
    }
    const announced = request.headers['content-length'];
    if (announced !== undefined && Number(announced) !== length)
      throw new InvalidParametersError('Content-Length does not match the body.');
    return Buffer.concat(chunks, length);
  }

  private tooLarge(request: FastifyRequest): BodyTooLargeError {
    const limit = this.limitOf(request);
    return new BodyTooLargeError(
      limit,
      limit === this.largeBytes ? 'ATELIER_BODY_LIMIT_MB' : undefined,
    );
  }
}

/** The chunks of a body. @throws ClientGoneError when its sender hangs up in the middle */
async function* untilGone(raw: IncomingMessage): AsyncGenerator<Buffer, void> {
  try {
    yield* raw as AsyncIterable<Buffer>;
  } catch (error) {
    throw (error as { code?: string }).code === 'ECONNRESET' ? new ClientGoneError() : error;
  }
}

/** A form is read part by part, each within bounds of its own. */
function isForm({ headers }: FastifyRequest): boolean {
  return (headers['content-type'] ?? '').toLowerCase().startsWith('multipart/form-data');
}

/** Ends a request whose body stops coming, or trickles. */
function watchPace({ id, raw }: FastifyRequest): void {
  const { socket } = raw;
  // A request that was made up in this process has no connection.
  if (!(socket instanceof Socket)) return;
  const giveUp = (): void => {
    stop();
    refuseRaw(socket, new BodyTimeoutError(), id);
  };
  let before = socket.bytesRead;
  const pace = setInterval(() => {
    const now = socket.bytesRead;
    if (now - before < PACE_BYTES) giveUp();
    before = now;
  }, PACE_MS);
  const stop = (): void => {
    clearInterval(pace);
    raw.off('timeout', giveUp);
    socket.setTimeout(0);
  };
  socket.setTimeout(IDLE_MS);
  // On the request: the server destroys the connection at once where nobody listens there.
  raw.once('timeout', giveUp);
  raw.once('end', stop);
  raw.once('close', stop);
}
