import type { TensorInfo } from '../headers/header.js';

/** The size that some tensor must have along one of its axes; -1 is the last. */
export interface ShapeRule {
  /** How the tensor's name ends. */
  tensor: string;
  axis: number;
  is: number;
}

/**
 * What must be so of a file's tensors. A pattern is a part of a name; `^` in front holds it to the
 * beginning of the name, `$` behind it to the end.
 */
export interface HeaderRule {
  /** Of each list, one pattern at least must be there. */
  has?: ReadonlyArray<readonly string[]>;
  /** None of these may be there. */
  lacks?: readonly string[];
  /** Of each list, one must be so. */
  shapes?: ReadonlyArray<readonly ShapeRule[]>;
}

interface NamedShape {
  name: string;
  shape: readonly number[];
}

/** The names and shapes of a file's tensors, made ready to be asked many rules. */
export class TensorNames {
  private readonly tensors: readonly NamedShape[];
  /** Every name between line ends: a plain search then answers each pattern. */
  private readonly names: string;

  /**
   * @param loose `_` and `.` are the same, in names as in patterns: LoRAs write the one where the model
   *   that they are for has the other.
   */
  constructor(
    tensors: readonly TensorInfo[],
    private readonly loose = false,
  ) {
    this.tensors = tensors.map(({ name, shape }) => ({ name: this.written(name), shape }));
    this.names = `\n${this.tensors.map(({ name }) => name).join('\n')}\n`;
  }

  has(pattern: string): boolean {
    const from = pattern.startsWith('^') ? `\n${pattern.slice(1)}` : pattern;
    const part = from.endsWith('$') ? `${from.slice(0, -1)}\n` : from;
    return this.names.includes(this.written(part));
  }

  fits({ has = [], lacks = [], shapes = [] }: HeaderRule): boolean {
    return (
      has.every((patterns) => patterns.some((pattern) => this.has(pattern))) &&
      !lacks.some((pattern) => this.has(pattern)) &&
      shapes.every((wanted) => wanted.some((shape) => this.isShaped(shape)))
    );
  }

  private written(name: string): string {
    return this.loose ? name.replaceAll('_', '.') : name;
  }

  private isShaped({ tensor, axis, is }: ShapeRule): boolean {
    const end = this.written(tensor);
    return this.tensors.some(({ name, shape }) => name.endsWith(end) && shape.at(axis) === is);
  }
}
