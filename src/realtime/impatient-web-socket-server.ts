import { WebSocketServer, type ServerOptions } from 'ws';

/** Milliseconds that a client has to answer the end of its connection before that is cut. */
export const CLOSE_MS = 2000;

/** A WebSocket server whose connections end though their clients do not answer the closing frame. */
export class ImpatientWebSocketServer extends WebSocketServer {
  constructor(options: ServerOptions) {
    // Known to the library, and not yet to its types.
    super(Object.assign({}, options, { closeTimeout: CLOSE_MS }));
  }
}
