import { integer, Setting } from './setting.js';

/** How large images may be, and how many are worked on at once. A megapixel is 1,000,000 pixels. */
export class ImagesConfig {
  @Setting({
    env: 'ATELIER_INPUT_MEGAPIXELS',
    parse: integer(1, 100_000),
    doc: 'How many megapixels the input images of one request may have together, by their headers; one image may have 33.5 (8192x4096).',
  })
  inputMegapixels = 128;

  @Setting({
    env: 'ATELIER_OUTPUT_MEGAPIXELS',
    parse: integer(1, 10_000),
    doc: 'Largest image that a request may ask for, in megapixels, after a second pass and upscaling.',
  })
  outputMegapixels = 64;

  @Setting({
    env: 'ATELIER_JOB_MEGAPIXELS',
    parse: integer(1, 100_000),
    doc: 'How many megapixels all images of one job, or all frames of its video, may have together. The server holds them in memory until they are stored: 3 MB for each.',
  })
  jobMegapixels = 256;

  @Setting({
    env: 'ATELIER_WAITING_INPUT_MB',
    parse: integer(1, 1_048_576),
    doc: 'How many MiB of input images the unfinished jobs of one user may need; beyond it their requests are refused with 429.',
  })
  waitingInputMb = 1024;

  @Setting({
    env: 'ATELIER_IMAGE_WORK_AT_ONCE',
    parse: integer(1, 64),
    doc: 'How many images are decoded, resized or encoded at once beside the queue, for all users together; one at a time for each user.',
  })
  workAtOnce = 2;
}
