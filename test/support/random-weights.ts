import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Tensors } from './weight-files.js';

/** Half-precision numbers in the block of noise that a file repeats; a prime, so that no two rows are alike. */
const BLOCK = 999_983;

/** Bytes of a half-precision number. */
const HALF = 2;

export interface RandomWeights {
  seed?: number;
  /** The smallest size of a weight is 2 to the power of this, the largest 16 times as much. */
  exponent?: number;
}

/** Marsaglia's xorshift32: good enough for noise, and the same everywhere. */
function* noise(seed: number): Generator<number, never> {
  let state = seed;
  for (;;) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    yield state >>> 0;
  }
}

/** Numbers of both signs, put together from the bits of a half: sign, exponent, fraction. */
function aroundZero({ seed = 1, exponent = -8 }: RandomWeights): Buffer {
  const block = Buffer.alloc(BLOCK * HALF);
  const random = noise(seed);
  for (let at = 0; at < BLOCK; at += 1) {
    const bits = random.next().value;
    block.writeUInt16LE((bits & 0x83ff) | ((15 + exponent + ((bits >>> 10) & 3)) << 10), at * HALF);
  }
  return block;
}

/** Numbers from 1 to 1.25, for the gains of normalisations. */
function aroundOne({ seed = 1 }: RandomWeights): Buffer {
  const block = Buffer.alloc(BLOCK * HALF);
  const random = noise(seed);
  for (let at = 0; at < BLOCK; at += 1)
    block.writeUInt16LE(0x3c00 | (random.next().value & 0xff), at * HALF);
  return block;
}

function isGain(name: string, shape: readonly number[]): boolean {
  return shape.length === 1 && name.endsWith('weight');
}

function bytesOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, HALF);
}

/**
 * Writes a safetensors file of random numbers in half precision. All tensors begin at the same place, so the
 * file is no longer than its largest tensor, and mapped into memory it takes no more than that: a model of
 * a billion weights in less than 100 MB. The engine and the server read it like any other.
 */
export async function writeRandomWeights(
  path: string,
  tensors: Tensors,
  options: RandomWeights = {},
): Promise<void> {
  const entries = Object.entries(tensors);
  const gainBytes = Math.max(
    HALF,
    ...entries.filter((one) => isGain(...one)).map(([, shape]) => bytesOf(shape)),
  );
  const size = gainBytes + Math.max(...entries.map(([, shape]) => bytesOf(shape)));
  const header = entries.map(([name, shape]) => {
    const begin = isGain(name, shape) ? 0 : gainBytes;
    return [name, { dtype: 'F16', shape, data_offsets: [begin, begin + bytesOf(shape)] }];
  });
  const json = JSON.stringify(Object.fromEntries(header));
  // The numbers must lie at a multiple of their size, or the file cannot be mapped.
  const text = Buffer.from(json.padEnd(Math.ceil(json.length / 64) * 64 + 56));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'w');
  try {
    await file.write(Buffer.concat([length, text, aroundOne(options).subarray(0, gainBytes)]));
    const block = aroundZero(options);
    for (let left = size - gainBytes; left > 0; left -= block.length)
      await file.write(block.subarray(0, Math.min(block.length, left)));
  } finally {
    await file.close();
  }
}
