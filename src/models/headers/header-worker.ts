/** The program of the thread that reads long headers. */
import { parentPort } from 'node:worker_threads';
import type { ThreadCall } from '../../common/index.js';
import { MAX_HEADER_BYTES, HeaderError } from './header.js';
import { HEADER_TASKS, type HeaderTaskName } from './header-tasks.js';

export interface HeaderTask {
  name: HeaderTaskName;
  args: unknown[];
}

export type HeaderAnswer =
  | { id: number; result: unknown }
  | { id: number; error: { message: string; isHeader: boolean } };

parentPort?.on('message', ({ id, name, args }: ThreadCall<HeaderTask>) => {
  const task = HEADER_TASKS[name] as (limit: number, ...rest: unknown[]) => Promise<unknown>;
  task(MAX_HEADER_BYTES, ...args).then(
    (result) => parentPort?.postMessage({ id, result }),
    (error: Error) => {
      const isHeader = error instanceof HeaderError;
      parentPort?.postMessage({ id, error: { message: error.message, isHeader } });
    },
  );
});
