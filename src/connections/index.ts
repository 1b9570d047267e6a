export { CONNECTION_TIMES } from './connection-times.js';
export { ConnectionsModule } from './connections.module.js';
export type { ServerSentEvent } from './event-stream.js';
export { EventStreams } from './event-streams.js';
export { OpenConnections } from './open-connections.js';
export { RequestsInProgress } from './requests-in-progress.js';
export { ServerStoppingError, Shutdown } from './shutdown.js';
export {
  StreamLimiter,
  TooManySocketsError,
  TooManyStreamsError,
  type Release,
} from './stream-limiter.js';
