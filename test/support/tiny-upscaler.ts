import { writeFileSync } from 'node:fs';

type Shape = [number] | [number, number, number, number];

/** Writes an ESRGAN model of one block and factor 2 whose weights are all zero (3 MB, safetensors). */
export function writeUpscaler(path: string): void {
  const header: Record<string, { dtype: 'F32'; shape: Shape; data_offsets: [number, number] }> = {};
  let end = 0;
  const add = (name: string, shape: Shape) => {
    const start = end;
    end += 4 * shape.reduce((product, size) => product * size, 1);
    header[name] = { dtype: 'F32', shape, data_offsets: [start, end] };
  };
  for (const [name, inputs, outputs] of convolutions()) {
    add(`${name}.weight`, [outputs, inputs, 3, 3]);
    add(`${name}.bias`, [outputs]);
  }
  const text = Buffer.from(JSON.stringify(header));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  writeFileSync(path, Buffer.concat([size, text, Buffer.alloc(end)]));
}

/** Name, input channels and output channels of every layer. */
function* convolutions(): Generator<[string, number, number]> {
  const features = 64;
  const growth = 32;
  yield ['conv_first', 3, features];
  for (const block of ['rdb1', 'rdb2', 'rdb3']) {
    for (let index = 0; index < 5; index += 1) {
      const outputs = index < 4 ? growth : features;
      yield [`body.0.${block}.conv${index + 1}`, features + growth * index, outputs];
    }
  }
  yield* ['conv_body', 'conv_up1', 'conv_hr'].map((name): [string, number, number] => [
    name,
    features,
    features,
  ]);
  yield ['conv_last', features, 3];
}
