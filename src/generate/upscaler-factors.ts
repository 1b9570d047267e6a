import { Injectable } from '@nestjs/common';
import type { RawImage } from '../engine/index.js';
import type { Model } from '../models/index.js';

/** Side of the picture by which a factor is found out, in pixels. */
const PROBE_SIDE = 16;

/** A picture so small that enlarging it takes no time. */
export const PROBE: RawImage = {
  width: PROBE_SIDE,
  height: PROBE_SIDE,
  channels: 3,
  data: Buffer.alloc(PROBE_SIDE * PROBE_SIDE * 3),
};

/** How many times larger upscalers make each side: no header says it, but every picture that was enlarged shows it. */
@Injectable()
export class UpscalerFactors {
  private readonly known = new Map<string, number>();

  /** Undefined while nothing was enlarged with the model. */
  of({ id }: Model): number | undefined {
    return this.known.get(id);
  }

  learn({ id }: Model, small: RawImage, large: RawImage): void {
    this.known.set(id, large.width / small.width);
  }
}
