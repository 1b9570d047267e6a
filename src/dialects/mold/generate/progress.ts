import { Injectable } from '@nestjs/common';
import type { ServerSentEvent } from '../../../connections/index.js';
import type { Principal } from '../../../auth/index.js';
import type { JobUpdate } from '../../../events/index.js';
import { JobFollower } from '../../../queue/index.js';
import { pngOf, STAGES } from './stages.js';

export function progress(type: string, data: object): ServerSentEvent {
  return { event: 'progress', data: { type, ...data } };
}

async function previewOf(update: JobUpdate): Promise<ServerSentEvent | undefined> {
  if (update.preview === undefined) return undefined;
  const image = await pngOf(update.preview);
  return progress('preview', { image, step: update.current_step, total: update.total_steps });
}

/** A stage of a job that is being told of; milliseconds on a clock that never jumps. */
interface Stage {
  phase: JobUpdate['phase'];
  since: number;
  step: number;
}

function elapsed({ since }: Stage): number {
  return Math.round(performance.now() - since);
}

function endOf(stage: Stage | undefined): ServerSentEvent[] {
  const name = stage?.phase && STAGES[stage.phase];
  return stage && name ? [progress('stage_done', { name, elapsed_ms: elapsed(stage) })] : [];
}

/** A job that is told of. */
interface Followed {
  caller: Principal;
  id: string;
  /** What its client calls it. */
  name: string;
}

/** How far jobs are, in the events that mold's clients show. */
@Injectable()
export class MoldProgress {
  constructor(private readonly follower: JobFollower) {}

  /** Until the job has ended or nobody listens. */
  async *of(
    { caller, id, name }: Followed,
    signal: AbortSignal,
  ): AsyncGenerator<ServerSentEvent, void> {
    let stage: Stage | undefined;
    let position: number | undefined;
    for await (const update of this.follower.follow(caller, id, { signal, previews: true })) {
      const place = update.position ?? 1;
      // The first event tells the id, by which its clients know the job.
      if (position === undefined || (update.status === 'queued' && place !== position)) {
        position = place;
        yield progress('queued', { position, id: name });
      }
      if (update.phase !== stage?.phase) {
        yield* endOf(stage);
        stage = { phase: update.phase, since: performance.now(), step: 0 };
        const begun = update.phase && STAGES[update.phase];
        if (begun) yield progress('stage_start', { name: begun });
      }
      if (stage && update.phase === 'sampling' && update.current_step > stage.step) {
        stage.step = update.current_step;
        const { current_step: step, total_steps: total } = update;
        yield progress('denoise_step', { step, total, elapsed_ms: elapsed(stage) });
      }
      const preview = await previewOf(update);
      if (preview) yield preview;
    }
    yield* endOf(stage);
  }
}
