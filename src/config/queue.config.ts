import { integer, oneOf, Setting } from './setting.js';

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
    doc: 'How many jobs may wait; beyond it requests are refused with 503 and told when to come back.',
  })
  limit = 1000;

  @Setting({
    env: 'ATELIER_JOBS_PER_USER',
    parse: integer(1, 1_000_000),
    doc: 'How many unfinished jobs one user may have; beyond it their requests are refused with 429.',
  })
  jobsPerUser = 100;
}
