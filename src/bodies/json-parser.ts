import { Worker } from 'node:worker_threads';
import { InvalidParametersError, workerFile } from '../common/index.js';
import { shapeProblem } from './json-shape.js';
import type { JsonAnswer, JsonRequest } from './json-worker.js';

/** Bytes of JSON that are parsed here; more would keep everybody else waiting. */
const SMALL_BYTES = 256 * 1024;

function refusal(problem: string | null): InvalidParametersError {
  return new InvalidParametersError(
    problem === null ? 'The body is not valid JSON.' : `The body ${problem}.`,
  );
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Parses JSON: what is large in a thread of its own. */
class JsonParser {
  private worker: Worker | undefined;
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;

  /** @throws InvalidParametersError for what is no JSON, or too deep or too many parts */
  async parse(json: Buffer): Promise<unknown> {
    if (json.length > SMALL_BYTES) return this.parseElsewhere(json);
    const problem = shapeProblem(json);
    if (problem !== undefined) throw refusal(problem);
    try {
      return JSON.parse(json.toString()) as unknown;
    } catch {
      throw refusal(null);
    }
  }

  private parseElsewhere(json: Buffer): Promise<unknown> {
    const worker = (this.worker ??= this.start());
    const id = (this.lastId += 1);
    worker.ref();
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      worker.postMessage({ id, json } satisfies JsonRequest);
    });
  }

  private start(): Worker {
    const worker = new Worker(workerFile(import.meta.url, 'json-worker'));
    worker.on('message', (answer: JsonAnswer) => this.answered(answer));
    worker.on('error', (error) => this.failAll(error));
    return worker;
  }

  private answered(answer: JsonAnswer): void {
    const waiting = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if (this.waiting.size === 0) this.worker?.unref();
    if ('value' in answer) waiting?.resolve(answer.value);
    else waiting?.reject(refusal(answer.problem));
  }

  private failAll(error: Error): void {
    this.worker = undefined;
    for (const waiting of this.waiting.values()) waiting.reject(error);
    this.waiting.clear();
  }
}

const parser = new JsonParser();

/** A JSON text as a value. @throws InvalidParametersError for what is no JSON, or too deep or too many parts */
export function parseJson(json: Buffer): Promise<unknown> {
  return parser.parse(json);
}
