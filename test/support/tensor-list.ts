import type { Tensors } from './weight-files.js';

type Named = [name: string, shape: readonly number[]];

/** A weight and its bias. */
function withBias(name: string, shape: readonly number[]): Named[] {
  return [
    [`${name}.weight`, shape],
    [`${name}.bias`, [shape[0] ?? 0]],
  ];
}

/** A matrix, with a bias. */
export function linear(name: string, inputs: number, outputs: number): Named[] {
  return withBias(name, [outputs, inputs]);
}

/** A matrix alone. */
export function matrix(name: string, inputs: number, outputs: number): Named[] {
  return [[`${name}.weight`, [outputs, inputs]]];
}

/** A square convolution, with a bias. */
export function conv(name: string, inputs: number, outputs: number, side = 3): Named[] {
  return withBias(name, [outputs, inputs, side, side]);
}

/** A square convolution alone. */
export function bareConv(name: string, inputs: number, outputs: number, side = 3): Named[] {
  return [[`${name}.weight`, [outputs, inputs, side, side]]];
}

/** Gain and shift of a normalisation. */
export function norm(name: string, width: number): Named[] {
  return withBias(name, [width]);
}

/** The same tensors below a name. */
export function below(prefix: string, tensors: readonly Named[]): Named[] {
  return tensors.map(([name, shape]) => [`${prefix}.${name}`, shape]);
}

export function listOf(...parts: ReadonlyArray<readonly Named[]>): Tensors {
  return Object.fromEntries(parts.flat());
}

export type { Named };
