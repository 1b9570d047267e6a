import { Inject, Injectable, Logger } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { messageOf } from '../../../common/index.js';
import { CONFIG, type Config } from '../../../config/index.js';
import { Retention } from '../../../files/index.js';

/** Where the server is to keep nothing, removes what was made once its client has it. */
@Injectable()
export class MoldKeeping {
  private readonly logger = new Logger(MoldKeeping.name);

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly retention: Retention,
  ) {}

  /** What a client did not get whole stays: it may come again. */
  answering(id: string, { raw }: FastifyReply): void {
    if (this.config.files.keepAnswered) return;
    raw.once('finish', () => {
      this.retention
        .expire(id)
        .catch((error: unknown) =>
          this.logger.error(`The outputs of job ${id} are still there: ${messageOf(error)}`),
        );
    });
  }
}
