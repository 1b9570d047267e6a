import { Inject, Injectable } from '@nestjs/common';
import { ConcurrencyLimiter, ServerBusyError, TooManyRequestsError } from '../common/index.js';
import { CONFIG, type Config } from '../config/index.js';

const WORK = 'work on images';
const RETRY_SECONDS = 2;

/** What waits for one user: clients that submit a batch send as many requests at once. */
const WAITING_PER_USER = 32;
const WAITING = 128;

/** How work on images may be refused, for the description of the API. */
export const IMAGE_WORK_ERRORS = [
  new TooManyRequestsError(WORK, RETRY_SECONDS),
  new ServerBusyError(WORK, RETRY_SECONDS),
];

/**
 * Work on images that is done beside the queue, while a client waits: one at a time for each user, and few in
 * all. A server on two cores is busy with one decoder, and each may need some hundred MiB.
 */
@Injectable()
export class ImageWork extends ConcurrencyLimiter {
  constructor(@Inject(CONFIG) config: Config) {
    super({
      work: WORK,
      atOnce: config.images.workAtOnce,
      atOncePerCaller: 1,
      waitingPerCaller: WAITING_PER_USER,
      waiting: WAITING,
      retryAfterSeconds: RETRY_SECONDS,
    });
  }
}
