import { fork, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { childEnvironment } from '../../common/index.js';
import type { FromProcess, ToProcess } from './messages.js';

/** How many of the engine's last lines are kept for the error of a crash. */
const LINES_KEPT = 20;

/** How long a child that was told to close may take before it is killed, in milliseconds. */
const CLOSE_GRACE_MS = 2000;

export interface EngineChildListener {
  onMessage(message: FromProcess): void;
  /** The process is gone; `how` is its signal or exit code, in words. */
  onExit(how: string): void;
}

/** Threads that sleep while they wait instead of spinning, and no search for a debugger after a crash. */
const DEFAULT_ENVIRONMENT = { OMP_WAIT_POLICY: 'passive', GGML_NO_BACKTRACE: '1' };

/** The engine's process seen from the server: messages in and out, last lines, end. */
export class EngineChild {
  private readonly process: ChildProcess;
  private readonly lines: string[] = [];
  private readonly ended: Promise<void>;

  constructor(program: string, args: string[], listener: EngineChildListener) {
    this.process = fork(program, args, {
      env: childEnvironment(DEFAULT_ENVIRONMENT),
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.remember(this.process.stdout);
    this.remember(this.process.stderr);
    this.process.on('message', (message) => {
      const received = message as FromProcess;
      if (received.type === 'log') this.keep(received.text);
      listener.onMessage(received);
    });
    this.ended = new Promise((resolve) => {
      // 'close' and not 'exit': the last words are still in the pipes at 'exit'.
      this.process.on('close', (code, signal) => {
        listener.onExit(signal ?? `exit code ${code}`);
        resolve();
      });
      this.process.on('error', (error) => {
        this.keep(error.message);
        if (this.process.pid !== undefined) return;
        listener.onExit(error.message);
        resolve();
      });
    });
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  /** The engine's last lines, oldest first. */
  get lastLines(): string[] {
    return [...this.lines];
  }

  send(message: ToProcess): void {
    // A failed send means that the process is gone, which 'close' reports.
    if (this.process.connected) this.process.send(message, () => undefined);
  }

  kill(): void {
    this.process.kill('SIGKILL');
  }

  async close(): Promise<void> {
    this.send({ type: 'close' });
    const timer = setTimeout(() => this.kill(), CLOSE_GRACE_MS);
    await this.ended;
    clearTimeout(timer);
  }

  private remember(stream: Readable | null): void {
    if (!stream) return;
    createInterface({ input: stream }).on('line', (line) => this.keep(line));
  }

  private keep(text: string): void {
    this.lines.push(text.trimEnd());
    if (this.lines.length > LINES_KEPT) this.lines.shift();
  }
}
