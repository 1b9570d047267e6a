export interface Point {
  x: number;
  y: number;
}

/** One thing that was done to a mask; lengths in pixels of the picture. */
export type MaskStep =
  | { type: 'stroke'; points: Point[]; size: number; erase: boolean }
  | { type: 'all' | 'clear' | 'invert' }
  | { type: 'picture'; alpha: CanvasImageSource };

/** What a mask is painted on: opaque where the picture is drawn anew. */
export type MaskSurface = Pick<
  CanvasRenderingContext2D,
  | 'globalCompositeOperation'
  | 'lineWidth'
  | 'lineCap'
  | 'lineJoin'
  | 'beginPath'
  | 'moveTo'
  | 'lineTo'
  | 'stroke'
  | 'fillRect'
  | 'clearRect'
  | 'drawImage'
>;

/** A mask as the steps that made it, so that each can be taken back. */
export class MaskBoard {
  private steps: MaskStep[] = [];

  constructor(
    private readonly surface: MaskSurface,
    readonly width: number,
    readonly height: number,
  ) {}

  get isUntouched(): boolean {
    return this.steps.length === 0;
  }

  do(step: MaskStep): void {
    this.steps.push(step);
    this.draw(step);
  }

  /** Goes on with the stroke that was begun last. */
  extend(point: Point): void {
    const last = this.steps.at(-1);
    if (last?.type !== 'stroke') return;
    last.points.push(point);
    this.draw({ ...last, points: last.points.slice(-2) });
  }

  undo(): void {
    this.steps.pop();
    this.surface.clearRect(0, 0, this.width, this.height);
    for (const step of this.steps) this.draw(step);
  }

  private draw(step: MaskStep): void {
    const { surface, width, height } = this;
    surface.globalCompositeOperation = 'source-over';
    switch (step.type) {
      case 'all':
        return surface.fillRect(0, 0, width, height);
      case 'clear':
        return surface.clearRect(0, 0, width, height);
      case 'picture':
        return surface.drawImage(step.alpha, 0, 0, width, height);
      case 'invert':
        surface.globalCompositeOperation = 'xor';
        return surface.fillRect(0, 0, width, height);
      case 'stroke':
        return this.drawStroke(step);
    }
  }

  private drawStroke({ points, size, erase }: Extract<MaskStep, { type: 'stroke' }>): void {
    const { surface } = this;
    const [first, ...rest] = points;
    if (!first) return;
    surface.globalCompositeOperation = erase ? 'destination-out' : 'source-over';
    surface.lineWidth = size;
    surface.lineCap = 'round';
    surface.lineJoin = 'round';
    surface.beginPath();
    surface.moveTo(first.x, first.y);
    // A line to where it begins is a dot.
    for (const { x, y } of rest.length > 0 ? rest : [first]) surface.lineTo(x, y);
    surface.stroke();
  }
}
