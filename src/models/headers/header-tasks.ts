import { identify, type Identity } from '../identify/identify.js';
import { settleType, type ModelType } from '../model-type.js';
import { otherSize } from '../parts/lora-fit.js';
import { readHeader } from './read-header.js';

/**
 * What is done with headers; here, or in a thread of its own where a header is long.
 * @throws HeaderError, LongHeaderError when more than `limit` bytes would have to be read, the system's error
 */
export const HEADER_TASKS = {
  /** Whether the file is whole, as far as its header tells. */
  async check(limit: number, path: string): Promise<void> {
    await readHeader(path, limit);
  },

  /** @param as what the file's folder says that it is */
  async identify(limit: number, path: string, as: ModelType | null): Promise<Identity> {
    const header = await readHeader(path, limit);
    return identify(header, (detected) => settleType(as, detected));
  },

  /** The first matrix of the model for which the LoRA has another size. */
  async otherSize(limit: number, lora: string, model: string): Promise<string | undefined> {
    const [one, other] = await Promise.all([readHeader(lora, limit), readHeader(model, limit)]);
    return otherSize(one.tensors, other.tensors);
  },
};

export type HeaderTasks = typeof HEADER_TASKS;

export type HeaderTaskName = keyof HeaderTasks;

/** The arguments of a task behind its limit. */
export type HeaderTaskArgs<Name extends HeaderTaskName> =
  Parameters<HeaderTasks[Name]> extends [number, ...infer Rest] ? Rest : never;

export type HeaderTaskResult<Name extends HeaderTaskName> = Awaited<ReturnType<HeaderTasks[Name]>>;
