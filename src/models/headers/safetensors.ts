import {
  elementsOf,
  HeaderError,
  MAX_AXES,
  MAX_HEADER_BYTES,
  MAX_TENSORS,
  type TensorInfo,
  type WeightHeader,
} from './header.js';

/** Bytes in front of the header: its length, little-endian. */
export const LENGTH_BYTES = 8;

type Json = Record<string, unknown>;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/**
 * How long the header of a file is that begins with these 8 bytes.
 * @throws HeaderError when it cannot be, or is too long to be read.
 */
export function headerLength(start: Buffer, fileSize: number): number {
  if (start.length < LENGTH_BYTES) throw new HeaderError('The file is too short.');
  const length = start.readBigUInt64LE(0);
  if (length > BigInt(fileSize - LENGTH_BYTES))
    throw new HeaderError('It says that its header is longer than the file: not safetensors.');
  if (length > BigInt(MAX_HEADER_BYTES))
    throw new HeaderError(`Its header is longer than ${MAX_HEADER_BYTES} bytes.`);
  return Number(length);
}

function tensorOf(name: string, entry: unknown, dataBytes: number): TensorInfo {
  const fault = (what: string): HeaderError =>
    new HeaderError(`The tensor "${name.slice(0, 100)}" has ${what}.`);
  if (!isObject(entry)) throw fault('no description');
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== 'string' || !/^[A-Z0-9_]{1,16}$/.test(dtype)) throw fault('no type');
  if (!Array.isArray(shape) || shape.length > MAX_AXES || !shape.every(isCount))
    throw fault('no shape');
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount))
    throw fault('no place in the file');
  const [begin, end] = offsets as [number, number];
  if (begin > end) throw fault('an end before its beginning');
  if (end > dataBytes) throw fault('its place beyond the end: the file is not whole');
  elementsOf(name, shape);
  return { name, shape, type: dtype.toLowerCase(), bytes: end - begin };
}

function parse(text: Buffer): Json {
  try {
    const json: unknown = JSON.parse(text.toString('utf8'));
    if (isObject(json)) return json;
  } catch {
    // Said below, in words that help more than the position of a byte.
  }
  throw new HeaderError('Its header is not a JSON object: not safetensors.');
}

/**
 * Reads the JSON of a safetensors header (https://huggingface.co/docs/safetensors, "Format").
 * @param text the header without its length.
 * @throws HeaderError
 */
export function parseSafetensors(text: Buffer, fileSize: number): WeightHeader {
  const { __metadata__: remarks, ...entries } = parse(text);
  const named = Object.entries(entries);
  if (named.length > MAX_TENSORS) throw new HeaderError(`It has more than ${MAX_TENSORS} tensors.`);
  const dataBytes = fileSize - LENGTH_BYTES - text.length;
  const metadata = Object.entries(isObject(remarks) ? remarks : {}).filter(
    (remark): remark is [string, string] => typeof remark[1] === 'string',
  );
  return {
    format: 'safetensors',
    tensors: named.map(([name, entry]) => tensorOf(name, entry, dataBytes)),
    metadata: Object.fromEntries(metadata),
  };
}
