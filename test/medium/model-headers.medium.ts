import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder, type TemporaryFolder } from '../support/folder.js';
import { TINY_EMOJI_FILES } from '../support/tiny-emoji.js';
import { gguf, safetensors, writeSparse } from '../support/weight-files.js';
import { HeaderError, LongHeaderError } from '../../src/models/headers/header.js';
import { withHeaders } from '../../src/models/headers/headers.js';
import { readHeader } from '../../src/models/headers/read-header.js';

let folder: TemporaryFolder;
let count = 0;

beforeAll(async () => {
  folder = await temporaryFolder();
});

afterAll(() => folder.remove());

function freshPath(): string {
  count += 1;
  return join(folder.path, `file-${count}`);
}

async function read(file: { start: Buffer; size: number }) {
  const path = freshPath();
  await writeSparse(path, file);
  return readHeader(path);
}

async function readBytes(bytes: Buffer) {
  const path = freshPath();
  await writeFile(path, bytes);
  return readHeader(path);
}

function st(header: unknown, dataBytes = 0, length?: bigint): Buffer {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const start = Buffer.alloc(8);
  start.writeBigUInt64LE(length ?? BigInt(text.length));
  return Buffer.concat([start, text, Buffer.alloc(dataBytes)]);
}

const TENSORS = { 'a.weight': [4, 32], 'b.bias': [32] };

describe('a good header', () => {
  it('of safetensors tells names, shapes, types and remarks', async () => {
    const header = await read(safetensors(TENSORS, { dtype: 'BF16', metadata: { made: 'here' } }));
    expect(header).toEqual({
      format: 'safetensors',
      tensors: [
        { name: 'a.weight', shape: [4, 32], type: 'bf16', bytes: 256 },
        { name: 'b.bias', shape: [32], type: 'bf16', bytes: 64 },
      ],
      metadata: { made: 'here' },
    });
  });

  it.each([2, 3])('of GGUF %s tells the same, its shapes turned round', async (version) => {
    const metadata = { 'general.architecture': 'flux', 'tokenizer.tokens': ['a', 'b'] };
    const header = await read(gguf(TENSORS, { version, type: 8, metadata }));
    expect(header).toEqual({
      format: 'gguf',
      tensors: [
        { name: 'a.weight', shape: [4, 32], type: 'q8_0', bytes: 136 },
        { name: 'b.bias', shape: [32], type: 'q8_0', bytes: 34 },
      ],
      metadata: { 'general.architecture': 'flux' },
    });
  });

  it('is read in parts when it is longer than most', async () => {
    const tokens = Array.from({ length: 30_000 }, (_, index) => `token number ${index}`);
    const long = await read(gguf(TENSORS, { metadata: { tokens } }));
    expect(long.tensors).toHaveLength(2);
    const many = Object.fromEntries(
      Array.from({ length: 3000 }, (_, index) => [`layers.${index}.weight`, [8, 8]]),
    );
    expect((await read(safetensors(many))).tensors).toHaveLength(3000);
  });

  it('is told by its first bytes and not by its name', async () => {
    const { tensors } = await readHeader(TINY_EMOJI_FILES.diffusionModel);
    expect(tensors.find(({ name }) => name === 'x_embedder.weight')).toEqual({
      name: 'x_embedder.weight',
      shape: [256, 64],
      type: 'f32',
      bytes: 256 * 64 * 4,
    });
  });
});

describe('a bad header is refused with a reason', () => {
  const tensor = { dtype: 'F16', shape: [2], data_offsets: [0, 4] };
  it.each<[string, Buffer, RegExp]>([
    ['an empty file', Buffer.alloc(0), /too short/],
    ['a text', Buffer.from('weights'), /too short/],
    ['a longer text', Buffer.from('these are not weights at all'), /longer than the file/],
    ['a length beyond the file', st('{}', 0, 3n), /longer than the file/],
    ['a length beyond all files', st('{}', 0, 2n ** 64n - 1n), /longer than the file/],
    ['no JSON', st('weights!'), /not a JSON object/],
    ['half a JSON', st('{"a":{"dtype"'), /not a JSON object/],
    ['a list', st([1, 2]), /not a JSON object/],
    ['null', st('null'), /not a JSON object/],
    ['a tensor that is a number', st({ a: 5 }), /"a" has no description/],
    ['a tensor that is null', st({ a: null }), /"a" has no description/],
    ['a type that is none', st({ a: { ...tensor, dtype: {} } }, 4), /"a" has no type/],
    ['a shape that is a text', st({ a: { ...tensor, shape: 'x' } }, 4), /"a" has no shape/],
    ['a size below 0', st({ a: { ...tensor, shape: [-2] } }, 4), /"a" has no shape/],
    ['half a size', st({ a: { ...tensor, shape: [0.5] } }, 4), /"a" has no shape/],
    ['sizes beyond numbers', st({ a: { ...tensor, shape: [2 ** 40, 2 ** 40] } }, 4), /impossible/],
    ['too many axes', st({ a: { ...tensor, shape: Array(99).fill(1) } }, 4), /"a" has no shape/],
    ['no place', st({ a: { dtype: 'F16', shape: [2] } }, 4), /no place/],
    ['an end before its beginning', st({ a: { ...tensor, data_offsets: [4, 0] } }, 4), /before/],
    ['a file cut off', st({ a: tensor }, 3), /not whole/],
  ])('safetensors: %s', async (_name, bytes, reason) => {
    await expect(readBytes(bytes)).rejects.toThrow(HeaderError);
    await expect(readBytes(bytes)).rejects.toThrow(reason);
  });

  it('safetensors: a header of a gigabyte, without reading it', async () => {
    const start = Buffer.alloc(8);
    start.writeBigUInt64LE(2n ** 30n);
    await expect(read({ start, size: 2 ** 31 })).rejects.toThrow(/longer than 33554432 bytes/);
  });

  const good = gguf(TENSORS).start;
  const at = (offset: number, value: bigint): Buffer => {
    const bytes = Buffer.concat([good, Buffer.alloc(1024)]);
    bytes.writeBigUInt64LE(value, offset);
    return bytes;
  };
  const version = (value: number): Buffer => {
    const bytes = Buffer.from(good);
    bytes.writeUInt32LE(value, 4);
    return bytes;
  };
  it.each<[string, Buffer, RegExp]>([
    ['nothing but its name', Buffer.from('GGUF'), /not whole/],
    ['version 1', version(1), /version 1/],
    ['big-endian', version(3 * 2 ** 24), /big-endian/],
    ['more tensors than numbers', at(8, 2n ** 64n - 1n), /impossible number/],
    ['a million tensors', at(8, 1_000_000n), /more than 65536 tensors/],
    ['a million remarks', at(16, 1_000_000n), /more than 65536 remarks/],
    ['a name without end', at(24, 2n ** 40n), /impossible length/],
    ['a size beyond numbers', at(24 + 8 + 8 + 4, 2n ** 52n), /impossible size/],
    ['a file cut off', good, /not whole/],
    ['lists in lists', listsInLists(), /without end/],
  ])('GGUF: %s', async (_name, bytes, reason) => {
    await expect(readBytes(bytes)).rejects.toThrow(HeaderError);
    await expect(readBytes(bytes)).rejects.toThrow(reason);
  });

  it('GGUF: a header that never ends, reading no more than is allowed', async () => {
    const bytes = at(16, 1n);
    bytes.writeBigUInt64LE(1n, 24);
    bytes.write('x', 32);
    bytes.writeUInt32LE(8, 33);
    bytes.writeBigUInt64LE(2n ** 39n, 37);
    await expect(read({ start: bytes.subarray(0, 45), size: 2 ** 40 })).rejects.toThrow(
      /not whole/,
    );
  });
});

function listsInLists(): Buffer {
  const { start } = gguf({}, { metadata: { x: ['y'] } });
  const head = start.subarray(0, 24 + 8 + 1 + 4);
  const level = Buffer.alloc(12);
  level.writeUInt32LE(9, 0);
  level.writeBigUInt64LE(1n, 4);
  return Buffer.concat([head, ...Array<Buffer>(50).fill(level)]);
}

/** The same numbers each time: a failure can be seen again. */
function* randomNumbers(seed: number): Generator<number, never> {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

describe('any damage', () => {
  const wholes: [string, () => Buffer][] = [
    ['safetensors', () => st(JSON.parse(safetensors(TENSORS).start.toString('utf8', 8)), 320)],
    [
      'GGUF',
      () => Buffer.concat([gguf(TENSORS, { metadata: { x: ['y'] } }).start, Buffer.alloc(400)]),
    ],
  ];

  it.each(wholes)('to %s is told, or harmless; never anything else', async (_name, make) => {
    const random = randomNumbers(7);
    const below = (limit: number): number => Math.floor(random.next().value * limit);
    const path = freshPath();
    let refused = 0;
    const others: unknown[] = [];
    for (let round = 0; round < 1500; round += 1) {
      let bytes = make();
      for (let hits = below(4); hits >= 0; hits -= 1) bytes[below(bytes.length)] = below(256);
      if (below(4) === 0) bytes = bytes.subarray(0, below(bytes.length));
      await writeFile(path, bytes);
      const error: unknown = await readHeader(path).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      if (error instanceof HeaderError) refused += 1;
      else others.push(error);
    }
    expect(refused).toBeGreaterThan(100);
    expect(others.filter((error) => error !== undefined)).toEqual([]);
    await writeFile(path, make());
    expect((await readHeader(path)).tensors).toHaveLength(2);
    expect(await readFile(path)).toEqual(make());
  });
});

describe('a long header', () => {
  const names = Array.from({ length: 60_000 }, (_, index) => `layer.${index}.${'x'.repeat(240)}`);

  it('of 18 MiB is read in a thread of its own, and says the same', async () => {
    const tensors = names.map((name, index) => [
      name,
      { dtype: 'F16', shape: [1], data_offsets: [2 * index, 2 * index + 2] },
    ]);
    const path = freshPath();
    await writeFile(path, st(Object.fromEntries(tensors), 2 * names.length));
    await expect(readHeader(path, 256 * 1024)).rejects.toThrow(LongHeaderError);
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    expect(await withHeaders('identify', path, null)).toMatchObject({
      format: 'safetensors',
      parameters: 60_000,
    });
    delay.disable();
    // It took 17 s on the main thread.
    expect(delay.max / 1e6).toBeLessThan(2000);
  });

  it('that is damaged is refused as a short one is', async () => {
    const path = freshPath();
    await writeFile(path, st(`{"a": ${'['.repeat(1_000_000)}`));
    await expect(withHeaders('check', path)).rejects.toThrow(HeaderError);
  });
});
