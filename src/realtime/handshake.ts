import type { IncomingMessage } from 'node:http';
import type { RawData, WebSocket } from 'ws';
import type { Handshake } from '../auth/index.js';
import { toAppError } from '../common/index.js';
import { CLOSED } from './live-socket.js';

/** Name of the subprotocol whose neighbour in the header is a token, for browsers, which can send no other header. */
export const TOKEN_PROTOCOL = 'bearer';

/** The token in `Sec-WebSocket-Protocol: bearer, <token>`. */
function tokenInProtocols(request: IncomingMessage): string | undefined {
  const header = request.headers['sec-websocket-protocol'] ?? '';
  const [name, token] = header.split(',').map((part) => part.trim());
  return name === TOKEN_PROTOCOL ? token : undefined;
}

/** What a request for a live connection shows of its caller. */
export function handshakeOf(request: IncomingMessage): Handshake {
  const { headers, socket } = request;
  const token = tokenInProtocols(request);
  return { headers, socket, ...(token ? { auth: { token } } : {}) };
}

function authOf(data: RawData, isBinary: boolean): object | undefined {
  if (isBinary) return undefined;
  try {
    // A text message arrives in one piece, as a buffer: fragments are put together before.
    const message = JSON.parse((data as Buffer).toString()) as Record<string, unknown> | null;
    return message?.['type'] === 'auth' ? message : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The credential that the client sends as its first message, `{ type: "auth", token }` or
 * `{ type: "auth", apiKey }`; undefined when it sends something else, nothing in time, or goes away.
 * @param limitMs milliseconds until the connection is closed
 */
export function firstMessage(socket: WebSocket, limitMs: number): Promise<object | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      socket.close(CLOSED.late, 'No credential in time.');
      resolve(undefined);
    }, limitMs);
    socket.once('message', (data, isBinary) => {
      clearTimeout(timer);
      const auth = authOf(data, isBinary);
      if (!auth)
        socket.close(CLOSED.refused, 'The first message must be {"type":"auth","token":"…"}.');
      resolve(auth);
    });
    socket.once('close', () => {
      clearTimeout(timer);
      resolve(undefined);
    });
  });
}

/** Why a connection is refused, short enough for the frame that says so (RFC 6455: 123 bytes). */
export function shortReason(error: unknown): string {
  const { code } = toAppError(error);
  return code;
}
