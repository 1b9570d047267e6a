import type { SdcppJobDto, SdcppQueueDto } from './jobs.dto.js';

const ID = '550e8400-e29b-41d4-a716-446655440000';

/** A finished job, for the description of this API. */
export const EXAMPLE_JOB: SdcppJobDto = {
  job_id: ID,
  type: 'txt2img',
  status: 'completed',
  progress: {
    step: 20,
    total_steps: 20,
    current_image: 0,
    total_images: 1,
    all_steps: 20,
    current_all_steps: 20,
    percentage: 100,
  },
  created_at: '2026-01-01T12:00:00Z',
  started_at: '2026-01-01T12:00:05Z',
  completed_at: '2026-01-01T12:01:00Z',
  outputs: [`${ID}/image_0.png`],
  output_urls: [`http://localhost:8081/output/${ID}/image_0.png`],
  params: { prompt: 'red apple', width: 512, height: 512, steps: 20, seed: 12_345 },
  model_settings: {
    model_loaded: true,
    model_name: 'tiny-emoji',
    model_type: 'diffusion',
    model_architecture: 'z-image',
    loaded_components: {},
    load_options: {},
    upscaler_loaded: false,
    upscaler_name: null,
  },
};

export const EXAMPLE_QUEUE: SdcppQueueDto = {
  pending_count: 0,
  processing_count: 0,
  completed_count: 1,
  failed_count: 0,
  cancelled_count: 0,
  total_count: 1,
  filtered_count: 1,
  items: [EXAMPLE_JOB],
  newest_timestamp: 1_767_268_800,
  oldest_timestamp: 1_767_268_800,
  offset: 0,
  limit: 100,
  page: 1,
  total_pages: 1,
  has_more: false,
  has_prev: false,
  all_titles: [],
};
