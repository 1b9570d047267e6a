import { io, type Socket } from 'socket.io-client';
import { onScopeDispose, ref, type Ref } from 'vue';
import { credential } from './credential.js';
import type { JobView, StatusDto } from './generated/types.gen.js';

/** News of a job (docs/realtime.md). */
export interface JobUpdate {
  job_id: string;
  status: JobView['status'];
  phase?: JobView['phase'];
  progress: number;
  current_step: number;
  total_steps: number;
  time_elapsed: number;
  time_remaining: number | null;
  speed: number | null;
  position?: number;
  preview?: string;
  error?: { code: string; message: string };
}

export interface QueueUpdate {
  size: number;
  active_generations: number;
  running: boolean;
}

interface News {
  job_update: (update: JobUpdate) => void;
  queue_update: (update: QueueUpdate) => void;
  system_update: (update: StatusDto) => void;
}

type Name = keyof News;

const up = ref(false);
let socket: Socket<News> | undefined;

/** Whether news come in; while they do not, what is shown may be old. */
export const live: Readonly<Ref<boolean>> = up;

function theSocket(): Socket<News> {
  socket ??= io({
    autoConnect: false,
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
    auth: (give) => {
      const shown = credential();
      give(shown ? { [shown.kind === 'key' ? 'apiKey' : 'token']: shown.value } : {});
    },
  })
    .on('connect', () => (up.value = true))
    .on('disconnect', (reason) => {
      up.value = false;
      // The server ended it: a log in that was refreshed elsewhere, or rights that changed.
      if (reason === 'io server disconnect') window.setTimeout(() => socket?.connect(), 1000);
    });
  return socket;
}

/** Opens the connection, or opens it anew with another credential. */
export function connectLive(): void {
  theSocket().disconnect().connect();
}

export function disconnectLive(): void {
  socket?.disconnect();
}

/** Listens for as long as the component that asks is there. */
export function useNews<Event extends Name>(event: Event, listener: News[Event]): void {
  const listen = listener as never;
  theSocket().on(event, listen);
  onScopeDispose(() => theSocket().off(event, listen));
}

/** Calls back each time that the connection is there again: what was missed has to be asked for. */
export function useReconnect(listener: () => void): void {
  theSocket().on('connect', listener);
  onScopeDispose(() => theSocket().off('connect', listener));
}
