import type { FromProcess, LogLevel, ToProcess } from './messages.js';

/** What a call has besides its arguments. */
export interface CallContext {
  signal: AbortSignal;
  emit: (event: unknown) => void;
}

export interface CallServer {
  perform: (name: string, args: unknown[], context: CallContext) => Promise<unknown>;
  errorData: (error: unknown) => unknown;
}

function send(message: FromProcess): void {
  if (process.connected) process.send?.(message);
}

/** Writes a line to the server's log. */
export function sendLog(level: LogLevel, text: string): void {
  send({ type: 'log', level, text });
}

/**
 * Serves the calls of the server over IPC. The process ends at once when its parent is gone, whatever it is
 * doing.
 */
export function serveCalls({ perform, errorData }: CallServer): void {
  const running = new Map<number, AbortController>();

  async function serve({ id, name, args }: Extract<ToProcess, { type: 'call' }>): Promise<void> {
    const abort = new AbortController();
    running.set(id, abort);
    try {
      const emit = (event: unknown): void => send({ type: 'event', id, event });
      const value = await perform(name, args, { signal: abort.signal, emit });
      send({ type: 'answer', id, value });
    } catch (error) {
      send({ type: 'error', id, error: errorData(error) });
    } finally {
      running.delete(id);
    }
  }

  process.on('message', (message: ToProcess) => {
    if (message.type === 'call') void serve(message);
    else if (message.type === 'cancel') running.get(message.id)?.abort();
    else process.kill(process.pid, 'SIGKILL');
  });
  // SIGKILL and not exit(): the engine's thread may be in the middle of a step, and global destructors under it crash.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  // The terminal's Ctrl-C reaches the whole process group; only the parent decides when the engine ends.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => undefined);
}
