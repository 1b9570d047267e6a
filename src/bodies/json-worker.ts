/** The program of the thread that parses large JSON. */
import { parentPort } from 'node:worker_threads';
import type { ThreadCall } from '../common/index.js';
import { shapeProblem } from './json-shape.js';

export interface JsonTask {
  json: Uint8Array;
}

export type JsonAnswer = { id: number } & ({ value: unknown } | { problem: string | null });

parentPort?.on('message', ({ id, json }: ThreadCall<JsonTask>) => {
  const answer = (told: { value: unknown } | { problem: string | null }): void =>
    parentPort?.postMessage({ id, ...told } satisfies JsonAnswer);
  const problem = shapeProblem(json);
  if (problem !== undefined) return answer({ problem });
  try {
    answer({
      value: JSON.parse(
        Buffer.from(json.buffer, json.byteOffset, json.length).toString(),
      ) as unknown,
    });
  } catch {
    answer({ problem: null });
  }
});
