import { InvalidParametersError, ThreadCalls, workerFile } from '../common/index.js';
import { shapeProblem } from './json-shape.js';
import type { JsonAnswer, JsonTask } from './json-worker.js';

/** Bytes of JSON that are parsed here; more would keep everybody else waiting. */
const SMALL_BYTES = 256 * 1024;

function refusal(problem: string | null): InvalidParametersError {
  return new InvalidParametersError(
    problem === null ? 'The body is not valid JSON.' : `The body ${problem}.`,
  );
}

const thread = new ThreadCalls<JsonTask, JsonAnswer>({
  program: workerFile(import.meta.url, 'json-worker'),
});

/**
 * A JSON text as a value, a large one in a thread of its own.
 * @throws InvalidParametersError for what is no JSON, or too deep or too many parts
 */
export async function parseJson(json: Buffer): Promise<unknown> {
  if (json.length > SMALL_BYTES) {
    const answer = await thread.call({ json });
    if ('value' in answer) return answer.value;
    throw refusal(answer.problem);
  }
  const problem = shapeProblem(json);
  if (problem !== undefined) throw refusal(problem);
  try {
    return JSON.parse(json.toString()) as unknown;
  } catch {
    throw refusal(null);
  }
}
