import { GGML_TYPES } from './ggml-types.js';
import {
  elementsOf,
  HeaderError,
  MAX_AXES,
  MAX_TENSORS,
  type TensorInfo,
  type WeightHeader,
} from './header.js';

export const GGUF_MAGIC = 'GGUF';

const VERSIONS = [2, 3];
const MAX_REMARKS = 65_536;
const MAX_NAME_BYTES = 65_535;
const MAX_NESTING = 4;
const DEFAULT_ALIGNMENT = 32;

/** The bytes given end before the header does. */
export class HeaderCutOffError extends HeaderError {
  override name = 'HeaderCutOffError';
}

/** Bytes of a remark's value by its type; texts and lists have none. Source: gguf.md, `gguf_metadata_value_type`. */
const FIXED_BYTES: Record<number, number> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
};
const TEXT = 8;
const LIST = 9;

/** Reads forwards through the bytes that there are. */
class Cursor {
  offset = 0;

  constructor(private readonly bytes: Buffer) {}

  take(count: number): number {
    const at = this.offset;
    if (count > this.bytes.length - at) throw new HeaderCutOffError('The file is not whole.');
    this.offset += count;
    return at;
  }

  u32(): number {
    return this.bytes.readUInt32LE(this.take(4));
  }

  /** @throws HeaderError for what is no exact number: no count or size in a real file is that large. */
  u64(): number {
    const value = this.bytes.readBigUInt64LE(this.take(8));
    if (value > BigInt(Number.MAX_SAFE_INTEGER))
      throw new HeaderError('It holds an impossible number.');
    return Number(value);
  }

  text(limit = Infinity): string {
    const length = this.u64();
    if (length > limit) throw new HeaderError('It holds a name of an impossible length.');
    const at = this.take(length);
    return this.bytes.toString('utf8', at, at + length);
  }

  skipText(): void {
    this.take(this.u64());
  }

  number(type: number): number {
    const { bytes } = this;
    const at = this.take(FIXED_BYTES[type] ?? 0);
    if (type === 4) return bytes.readUInt32LE(at);
    if (type === 5) return bytes.readInt32LE(at);
    if (type === 6) return bytes.readFloatLE(at);
    if (type === 10) return Number(bytes.readBigUInt64LE(at));
    if (type === 11) return Number(bytes.readBigInt64LE(at));
    if (type === 12) return bytes.readDoubleLE(at);
    return bytes.readUIntLE(at, FIXED_BYTES[type] === 2 ? 2 : 1);
  }
}

function skipList(cursor: Cursor, depth: number): void {
  if (depth > MAX_NESTING) throw new HeaderError('It holds lists in lists without end.');
  const type = cursor.u32();
  const count = cursor.u64();
  const size = FIXED_BYTES[type];
  if (size !== undefined) {
    cursor.take(count * size);
    return;
  }
  for (let index = 0; index < count; index += 1) {
    if (type === TEXT) cursor.skipText();
    else if (type === LIST) skipList(cursor, depth + 1);
    else throw new HeaderError(`It holds a list of the unknown type ${type}.`);
  }
}

function remarkOf(cursor: Cursor): string | number | undefined {
  const type = cursor.u32();
  if (type === TEXT) return cursor.text();
  if (FIXED_BYTES[type] !== undefined) return cursor.number(type);
  if (type !== LIST) throw new HeaderError(`It holds a value of the unknown type ${type}.`);
  skipList(cursor, 0);
  return undefined;
}

interface PlacedTensor extends TensorInfo {
  /** From the beginning of the tensors' data. */
  offset: number;
}

function tensorOf(cursor: Cursor): PlacedTensor {
  const name = cursor.text(MAX_NAME_BYTES);
  const axes = cursor.u32();
  if (axes > MAX_AXES) throw new HeaderError(`A tensor has ${axes} axes.`);
  const shape = Array.from({ length: axes }, () => cursor.u64()).toReversed();
  const number = cursor.u32();
  const offset = cursor.u64();
  const elements = elementsOf(name, shape);
  const type = GGML_TYPES.get(number);
  if (!type) return { name, shape, type: `type_${number}`, bytes: 0, offset };
  const bytes = Math.ceil(elements / type.elements) * type.bytes;
  return { name, shape, type: type.name, bytes, offset };
}

function checkVersion(cursor: Cursor): void {
  const version = cursor.u32();
  if (VERSIONS.includes(version)) return;
  if (VERSIONS.includes(version / 2 ** 24)) throw new HeaderError('It is a big-endian GGUF.');
  throw new HeaderError(`It is GGUF of version ${version}; read are ${VERSIONS.join(' and ')}.`);
}

function checkWhole(tensors: PlacedTensor[], start: number, fileSize: number): void {
  const end = tensors.reduce((most, { offset, bytes }) => Math.max(most, offset + bytes), 0);
  if (start + end > fileSize)
    throw new HeaderError('Its tensors reach beyond the end: the file is not whole.');
}

/**
 * Reads a GGUF header (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md).
 * @param start the file from its first byte on.
 * @throws HeaderCutOffError when `start` must be longer, HeaderError when the header cannot be used.
 */
export function parseGguf(start: Buffer, fileSize: number): WeightHeader {
  const cursor = new Cursor(start);
  const magic = cursor.take(GGUF_MAGIC.length);
  if (start.toString('latin1', magic, magic + GGUF_MAGIC.length) !== GGUF_MAGIC)
    throw new HeaderError('It does not begin with "GGUF".');
  checkVersion(cursor);
  const tensorCount = cursor.u64();
  const remarkCount = cursor.u64();
  if (tensorCount > MAX_TENSORS) throw new HeaderError(`It has more than ${MAX_TENSORS} tensors.`);
  if (remarkCount > MAX_REMARKS) throw new HeaderError(`It has more than ${MAX_REMARKS} remarks.`);
  const metadata: Record<string, string | number> = Object.create(null) as Record<string, string>;
  for (let index = 0; index < remarkCount; index += 1) {
    const name = cursor.text(MAX_NAME_BYTES);
    const value = remarkOf(cursor);
    if (value !== undefined) metadata[name] = value;
  }
  const placed = Array.from({ length: tensorCount }, () => tensorOf(cursor));
  const said = Number(metadata['general.alignment'] ?? DEFAULT_ALIGNMENT);
  const alignment = Number.isSafeInteger(said) && said > 0 ? said : DEFAULT_ALIGNMENT;
  checkWhole(placed, Math.ceil(cursor.offset / alignment) * alignment, fileSize);
  const tensors = placed.map(({ name, shape, type, bytes }) => ({ name, shape, type, bytes }));
  return { format: 'gguf', tensors, metadata };
}
