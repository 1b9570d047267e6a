import type { JobUpdate, QueueUpdate, SystemUpdate } from '../events/index.js';

/** Why the server ends a connection. */
export interface ServerShutdown {
  code: 'SERVER_STOPPING';
  message: string;
}

export const SERVER_SHUTDOWN: ServerShutdown = {
  code: 'SERVER_STOPPING',
  message: 'The server is stopping. Jobs that wait stay queued and run after the next start.',
};

/** What a client can receive; names and payloads are those of seed stable-diffusion-cpp-rest, "WebSocket Support". */
export interface News {
  job_update: JobUpdate;
  queue_update: QueueUpdate;
  system_update: SystemUpdate;
  server_shutdown: ServerShutdown;
}

/** The longest delay that a timer can hold; a client whose connection lives that long may connect again. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Calls back at an instant; without one never. */
export function timerAt(instant: Date | undefined, action: () => void): NodeJS.Timeout | undefined {
  if (!instant) return undefined;
  const delay = Math.min(instant.getTime() - Date.now(), LONGEST_TIMER_MS);
  return setTimeout(action, delay).unref();
}
