import { open, type FileHandle } from 'node:fs/promises';
import { GGUF_MAGIC, HeaderCutOffError, parseGguf } from './gguf.js';
import { HeaderError, LongHeaderError, MAX_HEADER_BYTES, type WeightHeader } from './header.js';
import { headerLength, LENGTH_BYTES, parseSafetensors } from './safetensors.js';

/** Read at once; most headers are shorter. */
const FIRST_BYTES = 64 * 1024;

async function bytesFrom(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

async function readGguf(
  file: FileHandle,
  start: Buffer,
  size: number,
  limit: number,
): Promise<WeightHeader> {
  let bytes = start;
  for (;;) {
    try {
      return parseGguf(bytes, size);
    } catch (error) {
      const whole = bytes.length >= size || bytes.length >= MAX_HEADER_BYTES;
      if (!(error instanceof HeaderCutOffError) || whole) throw error;
      if (bytes.length >= limit) throw new LongHeaderError('Its header is long.');
      const length = Math.min(bytes.length * 4, size, limit);
      bytes = Buffer.concat([bytes, await bytesFrom(file, bytes.length, length - bytes.length)]);
      if (bytes.length < length) throw new HeaderError('The file became shorter.');
    }
  }
}

async function readSafetensors(
  file: FileHandle,
  start: Buffer,
  size: number,
  limit: number,
): Promise<WeightHeader> {
  const length = headerLength(start, size);
  if (length > limit) throw new LongHeaderError('Its header is long.');
  const end = LENGTH_BYTES + length;
  const text =
    end <= start.length
      ? start.subarray(LENGTH_BYTES, end)
      : await bytesFrom(file, LENGTH_BYTES, length);
  if (text.length < length) throw new HeaderError('The file became shorter.');
  return parseSafetensors(text, size);
}

/**
 * What a safetensors or GGUF file says of itself; its weights are not read. The first bytes decide which
 * of the two it is, not its name.
 * @param limit bytes of the header that may be read
 * @throws LongHeaderError beyond the limit; HeaderError when it is neither, or damaged; the system's error when it cannot be read.
 */
export async function readHeader(path: string, limit = MAX_HEADER_BYTES): Promise<WeightHeader> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const start = await bytesFrom(file, 0, Math.min(FIRST_BYTES, size));
    const isGguf = start.toString('latin1', 0, GGUF_MAGIC.length) === GGUF_MAGIC;
    return isGguf
      ? await readGguf(file, start, size, limit)
      : await readSafetensors(file, start, size, limit);
  } finally {
    await file.close();
  }
}
