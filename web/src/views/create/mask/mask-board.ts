export interface Point {
  x: number;
  y: number;
}

/** One thing that was done to a mask; lengths in pixels of the picture. */
export type MaskStep<Image> =
  | { type: 'stroke'; points: Point[]; size: number; erase: boolean }
  | { type: 'all' | 'clear' | 'invert' }
  | { type: 'picture'; alpha: Image };

/** What a mask is painted on, of a canvas' context: opaque where the picture is drawn anew. */
export interface MaskSurface<Image> {
  globalCompositeOperation: string;
  lineWidth: number;
  lineCap: string;
  lineJoin: string;
  beginPath(): void;
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  stroke(): void;
  fillRect(x: number, y: number, width: number, height: number): void;
  clearRect(x: number, y: number, width: number, height: number): void;
  drawImage(image: Image, x: number, y: number, width: number, height: number): void;
}

/** Length of a line that is nearly none. */
const DOT = 0.01;

/** A mask as the steps that made it, so that each can be taken back. */
export class MaskBoard<Image> {
  private steps: MaskStep<Image>[] = [];

  constructor(
    private readonly surface: MaskSurface<Image>,
    readonly width: number,
    readonly height: number,
  ) {}

  get isUntouched(): boolean {
    return this.steps.length === 0;
  }

  do(step: MaskStep<Image>): void {
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

  private draw(step: MaskStep<Image>): void {
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

  private drawStroke({ points, size, erase }: Extract<MaskStep<Image>, { type: 'stroke' }>): void {
    const { surface } = this;
    const [first, ...rest] = points;
    if (!first) return;
    surface.globalCompositeOperation = erase ? 'destination-out' : 'source-over';
    surface.lineWidth = size;
    surface.lineCap = 'round';
    surface.lineJoin = 'round';
    surface.beginPath();
    surface.moveTo(first.x, first.y);
    // A line of no length is not drawn; one that is nearly none is a dot.
    surface.lineTo(first.x + DOT, first.y);
    for (const { x, y } of rest) surface.lineTo(x, y);
    surface.stroke();
  }
}
