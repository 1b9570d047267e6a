import { ConflictError } from '../common/index.js';

/** Injection token of the function that restarts the server; undefined where whoever started it cannot. */
export const RESTART = Symbol('restart');

/** Begins a restart: what runs is drained, then the program starts again in the same process. */
export type Restart = () => void;

/** 409: the program runs where it cannot start itself again. */
export class RestartUnsupportedError extends ConflictError {
  constructor() {
    super(
      'This server cannot restart itself where it runs; whoever started it can.',
      'RESTART_UNSUPPORTED',
    );
  }
}
