import type { ServerResponse } from 'node:http';
import { AppError } from './errors.js';

/** 499: the client has gone, so that nobody reads this. */
export class ClientGoneError extends AppError {
  constructor() {
    super('CLIENT_GONE', 499, 'The client has hung up.', { logLevel: 'debug' });
  }
}

/** Aborted, with a {@link ClientGoneError}, when the client goes before it has its whole answer. */
export function hangUpOf(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  const look = (): void => {
    if (!response.writableFinished) gone.abort(new ClientGoneError());
  };
  if (response.closed) look();
  else response.once('close', look);
  return gone.signal;
}
