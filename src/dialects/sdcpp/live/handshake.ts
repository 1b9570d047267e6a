import type { IncomingMessage } from 'node:http';
import type { Handshake } from '../../../auth/index.js';
import { handshakeOf } from '../../../realtime/index.js';
import { showSdcppCredential } from '../credential.js';

/** What a socket's request shows of its caller: as every request does, or `?token=` with a token or a key. */
export function liveHandshake(request: IncomingMessage): Handshake {
  showSdcppCredential(request);
  const shown = handshakeOf(request);
  const token = new URLSearchParams(request.url?.split('?', 2)[1]).get('token');
  return token === null || token === '' || shown.auth ? shown : { ...shown, auth: { token } };
}
