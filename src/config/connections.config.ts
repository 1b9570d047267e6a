import { integer, Setting } from './setting.js';

/** How many connections may last at once, and how the event loop is watched. */
export class ConnectionsConfig {
  @Setting({
    env: 'ATELIER_STREAMS_PER_USER',
    parse: integer(1, 100_000),
    doc: 'How many event streams one user may have open at once; beyond it requests are refused with 429.',
  })
  streamsPerUser = 32;

  @Setting({
    env: 'ATELIER_STREAMS_PER_ADDRESS',
    parse: integer(1, 100_000),
    doc: 'How many event streams one IP address, or one /64 network of IPv6, may have open at once, whoever the users are.',
  })
  streamsPerAddress = 64;

  @Setting({
    env: 'ATELIER_SOCKETS_PER_USER',
    parse: integer(1, 100_000),
    doc: 'How many WebSockets and socket.io connections one user may have open at once; beyond it they are refused with `TOO_MANY_SOCKETS`.',
  })
  socketsPerUser = 16;

  @Setting({
    env: 'ATELIER_SOCKETS_PER_ADDRESS',
    parse: integer(1, 100_000),
    doc: 'How many WebSockets and socket.io connections one IP address, or one /64 network of IPv6, may have open at once, whoever the users are.',
  })
  socketsPerAddress = 64;

  @Setting({
    env: 'ATELIER_SIGN_IN_SOCKETS_PER_ADDRESS',
    parse: integer(1, 100_000),
    doc: 'How many WebSockets and socket.io connections of one IP address, or one /64 network of IPv6, may be without a credential at once.',
  })
  signInSocketsPerAddress = 16;

  @Setting({
    env: 'ATELIER_SIGN_IN_SOCKETS',
    parse: integer(1, 100_000),
    doc: 'How many WebSockets and socket.io connections may be without a credential at once, over all addresses.',
  })
  signInSockets = 1024;

  @Setting({
    env: 'ATELIER_SOCKET_SIGN_IN_SECONDS',
    parse: integer(1, 600),
    doc: 'Seconds that a WebSocket or a socket.io connection may take to show a credential before it is closed.',
  })
  signInSeconds = 10;

  @Setting({
    env: 'ATELIER_STREAM_STALL_SECONDS',
    parse: integer(1, 3600),
    doc: 'Seconds after which an event stream is cut whose client reads nothing of what waits for it.',
  })
  stallSeconds = 60;
}
