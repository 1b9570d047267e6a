import { boolean, integer, oneOf, Setting } from './setting.js';

/** Whose turn it is, and how many may wait. */
export class QueueConfig {
  @Setting({
    env: 'ATELIER_QUEUE_POLICY',
    parse: oneOf('fair', 'fifo'),
    doc: "Whose turn it is: `fair` shares the engine between users by what their jobs cost (in megapixel-steps), each user's own jobs in their order; `fifo` takes all jobs in the order in which they came.",
  })
  policy: 'fair' | 'fifo' = 'fair';

  @Setting({
    env: 'ATELIER_QUEUE_LIMIT',
    parse: integer(1, 1_000_000),
    doc: 'How many jobs may wait in each lane (engine, files, text); beyond it requests are refused with 503 and told when to come back.',
  })
  limit = 1000;

  @Setting({
    env: 'ATELIER_JOBS_PER_USER',
    parse: integer(1, 1_000_000),
    doc: 'How many unfinished jobs one user may have in each lane; beyond it their requests are refused with 429.',
  })
  jobsPerUser = 100;

  @Setting({
    env: 'ATELIER_FILES_AT_ONCE',
    parse: integer(1, 16),
    doc: 'How many files are downloaded or hashed at a time.',
  })
  filesAtOnce = 2;

  @Setting({
    env: 'ATELIER_TEXTS_AT_ONCE',
    parse: integer(1, 64),
    doc: 'How many queued texts are written at a time.',
  })
  textAtOnce = 2;

  @Setting({
    env: 'ATELIER_BIN',
    parse: boolean,
    doc: 'Whether a job that is deleted goes into a recycle bin first, with its outputs. `DELETE /api/queue/job/{id}` removes for good all the same.',
  })
  bin = true;

  @Setting({
    env: 'ATELIER_BIN_MINUTES',
    parse: integer(1, 5_256_000),
    doc: 'How many minutes a deleted job stays in the recycle bin before it is gone for good.',
  })
  binMinutes = 10_080;
}
