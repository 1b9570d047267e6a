/** One tensor as a file's header describes it. */
export interface TensorInfo {
  name: string;
  /** Sizes as PyTorch writes them, the slowest axis first; GGUF's order is turned round. */
  shape: number[];
  /** As the engine spells it, for example `f16` or `q4_K`. */
  type: string;
  bytes: number;
}

/** What a weight file says of itself, without its weights. */
export interface WeightHeader {
  format: 'safetensors' | 'gguf';
  tensors: TensorInfo[];
  /** The file's own remarks, as far as they are texts or numbers. */
  metadata: Record<string, string | number>;
}

/** The header cannot be used; the message is a sentence that says why. */
export class HeaderError extends Error {
  override name = 'HeaderError';
}

/** The header is longer than whoever asked wants to read. */
export class LongHeaderError extends HeaderError {
  override name = 'LongHeaderError';
}

/** The longest header that is read, in bytes: the largest known ones, of files that hold a tokenizer, are a third of it. */
export const MAX_HEADER_BYTES = 32 * 1024 * 1024;

/** The most tensors a file may have; the largest known models have about 3,000. */
export const MAX_TENSORS = 65_536;

/** The most axes a tensor may have. */
export const MAX_AXES = 8;

/** How many numbers a tensor of this shape holds. @throws HeaderError when that is no exact number. */
export function elementsOf(name: string, shape: readonly number[]): number {
  const elements = shape.reduce((product, size) => product * size, 1);
  if (Number.isSafeInteger(elements)) return elements;
  throw new HeaderError(`The tensor "${name.slice(0, 100)}" has an impossible size.`);
}
