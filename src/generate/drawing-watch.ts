import { Inject, Injectable, Logger } from '@nestjs/common';
import { messageOf } from '../common/index.js';
import { CONFIG, type Config } from '../config/index.js';
import type { EngineWatch, ImageRequest, RawImage } from '../engine/index.js';
import { Audience } from '../events/index.js';
import { encodePreview } from '../files/index.js';
import type { Model } from '../models/index.js';
import type { RunningJob } from '../queue/index.js';
import type { PreviewWishes } from './preview-preferences.js';

/** How many previews a picture gets at most. */
const PREVIEWS = 20;

/** Of the time of the steps, for all previews together: a decoder may take as long as several steps. */
const PREVIEW_SHARE = 0.2;

/** Follows the engine for a job: steps, and previews for whoever watches. */
@Injectable()
export class DrawingWatch {
  private readonly logger = new Logger(DrawingWatch.name);

  constructor(
    private readonly audience: Audience,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Previews cost time, so they are asked for only when somebody looks, or wants them whether they look
   * or not.
   * @param hasTiny whether the small decoder is loaded, without which its mode takes as long as the VAE
   */
  preview(
    { ownerId }: RunningJob,
    model: Model,
    steps: number,
    wishes: PreviewWishes = {},
    hasTiny = false,
  ): ImageRequest['preview'] {
    if (!this.isWanted(ownerId, wishes) || wishes.mode === 'none') return undefined;
    const wanted = wishes.mode === 'tae' && !hasTiny ? undefined : wishes.mode;
    const mode = wanted ?? model.preview;
    if (wishes.interval) return { mode, interval: wishes.interval };
    return { mode, interval: Math.ceil((steps + 1) / (PREVIEWS + 1)), share: PREVIEW_SHARE };
  }

  of(job: RunningJob, wishes: PreviewWishes = {}): EngineWatch {
    let ended = false;
    let busy = false;
    const tellPreview = async (pixels: RawImage): Promise<void> => {
      busy = true;
      try {
        const preview = await encodePreview(pixels, wishes);
        if (!ended) job.report({ preview });
      } catch (error) {
        this.logger.warn(`A preview of job ${job.id} failed: ${messageOf(error)}`);
      } finally {
        busy = false;
      }
    };
    return {
      signal: job.signal,
      onProgress: ({ phase, step, steps }) => {
        // Image to image runs fewer steps than were asked for, and only the engine knows how many.
        job.report(phase === 'sampling' ? { phase, step, totalSteps: steps } : { phase });
        // The engine does not say when it begins to decode, but after the last step there is nothing else.
        ended = phase === 'sampling' && step === steps;
        if (ended) job.report({ phase: 'decoding' });
      },
      onMemory: (memory) => job.report({ memory }),
      onPreview: ({ image }) => {
        // The newest is worth more than all of them: what comes while one is being made is left out.
        if (!busy && this.isWanted(job.ownerId, wishes)) void tellPreview(image);
      },
    };
  }

  private isWanted(ownerId: string, { enabled }: PreviewWishes): boolean {
    return this.config.generate.previews && (enabled ?? this.audience.isWatched(ownerId));
  }
}
