/** From the server to an engine's process. */
export type ToProcess =
  | { type: 'call'; id: number; name: string; args: unknown[] }
  | { type: 'cancel'; id: number }
  | { type: 'close' };

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** From an engine's process to the server. */
export type FromProcess =
  | { type: 'answer'; id: number; value: unknown }
  /** An error as plain data; the engine on the other side knows its form. */
  | { type: 'error'; id: number; error: unknown }
  /** Something that a call tells before it ends. */
  | { type: 'event'; id: number; event: unknown }
  | { type: 'log'; level: LogLevel; text: string };
