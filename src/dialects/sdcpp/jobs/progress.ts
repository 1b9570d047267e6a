import type { JobDetails } from '../../../queue/index.js';

/** Seed sdcpp-restapi, "Get Job Status". */
export interface Progress {
  /** Within the current picture. */
  step: number;
  /** Of one picture. */
  total_steps: number;
  /** From 0. */
  current_image: number;
  total_images: number;
  /** Of all pictures. */
  all_steps: number;
  current_all_steps: number;
  /** 0 to 100. */
  percentage: number;
}

/** The part of a job that says how far it is. */
export type Advancing = Pick<JobDetails, 'status' | 'current_step' | 'total_steps'>;

function numberOf(options: Record<string, unknown>, name: string, otherwise: number): number {
  const value = options[name];
  return typeof value === 'number' && value > 0 ? value : otherwise;
}

/** The options of a generation; nothing for work of another kind. */
export function optionsOf(parameters: unknown): Record<string, unknown> {
  const { options } = (parameters ?? {}) as { options?: Record<string, unknown> };
  return options ?? {};
}

/** How far a job is: the core counts over all pictures, clients want to know of each. */
export function progressOf(job: Advancing, options: Record<string, unknown>): Progress {
  const images = numberOf(options, 'batch_count', 1);
  const planned = numberOf(options, 'steps', 0) * images;
  const all = job.total_steps || planned;
  const each = Math.ceil(all / images);
  const done = Math.min(job.status === 'completed' ? all : job.current_step, all);
  const current = done === 0 || each === 0 ? 0 : Math.ceil(done / each) - 1;
  return {
    step: done - current * each,
    total_steps: each,
    current_image: current,
    total_images: images,
    all_steps: all,
    current_all_steps: done,
    percentage:
      job.status === 'completed' ? 100 : all === 0 ? 0 : Math.round((done / all) * 1000) / 10,
  };
}
