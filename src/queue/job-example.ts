import type { JobDetails, JobView } from './job.dto.js';

/** A finished job, for the description of the API. */
export const EXAMPLE_JOB: JobView = {
  id: '0d9a3f52-6c1b-4f57-9d52-0a7f3c1b8e44',
  kind: 'text2img',
  status: 'completed',
  prompt: 'red apple',
  model: 'tiny-emoji',
  queued_time: 1_763_700_000,
  start_time: 1_763_700_001,
  end_time: 1_763_700_003,
  position: null,
  progress: 1,
  current_step: 20,
  total_steps: 20,
  time_elapsed: 1840,
  time_remaining: 0,
  speed: null,
  attempts: 1,
  error: null,
  outputs: [
    {
      filename: 'image_0.png',
      content_type: 'image/png',
      size: 18_214,
      width: 128,
      height: 128,
      seed: 42,
      url: '/api/queue/job/0d9a3f52-6c1b-4f57-9d52-0a7f3c1b8e44/output/image_0.png',
    },
  ],
  outputs_expired: false,
  retry_of: null,
  lane: 'engine',
  label: null,
  after: null,
};

export const EXAMPLE_JOB_DETAILS: JobDetails = Object.assign({}, EXAMPLE_JOB, {
  origin: null,
  parameters: {
    model: { id: '3f1d7b6c2a105f0d', name: 'tiny-emoji' },
    options: { prompt: 'red apple', width: 128, height: 128, steps: 20, seed: 42 },
  },
});
