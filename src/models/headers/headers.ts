import { ThreadCalls, workerFile } from '../../common/index.js';
import { HeaderError, LongHeaderError } from './header.js';
import {
  HEADER_TASKS,
  type HeaderTaskArgs,
  type HeaderTaskName,
  type HeaderTaskResult,
} from './header-tasks.js';
import type { HeaderAnswer, HeaderTask } from './header-worker.js';

/** Bytes of a header that is read here: more would keep everybody else waiting. */
const SHORT_BYTES = 256 * 1024;

/** Milliseconds that a long header may take, those before it in line included. */
const PATIENCE = 60_000;

const thread = new ThreadCalls<HeaderTask, HeaderAnswer>({
  program: workerFile(import.meta.url, 'header-worker'),
  patienceMs: PATIENCE,
  tooLong: () => new HeaderError(`It takes longer than ${PATIENCE / 1000} s to read its header.`),
});

async function inThread(name: HeaderTaskName, args: unknown[]): Promise<unknown> {
  const answer = await thread.call({ name, args });
  if ('result' in answer) return answer.result;
  const { message, isHeader } = answer.error;
  throw isHeader ? new HeaderError(message) : new Error(message);
}

/**
 * Does something with the headers of files, a long one in a thread of its own.
 * @throws HeaderError, the system's error
 */
export async function withHeaders<Name extends HeaderTaskName>(
  name: Name,
  ...args: HeaderTaskArgs<Name>
): Promise<HeaderTaskResult<Name>> {
  const task = HEADER_TASKS[name] as (limit: number, ...rest: unknown[]) => Promise<unknown>;
  try {
    return (await task(SHORT_BYTES, ...args)) as HeaderTaskResult<Name>;
  } catch (error) {
    if (!(error instanceof LongHeaderError)) throw error;
    return (await inThread(name, args)) as HeaderTaskResult<Name>;
  }
}
