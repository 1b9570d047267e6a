import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config/index.js';

/** This server among others. */
@Injectable()
export class MoldInstance {
  /** Stays the same for as long as the data folder does. */
  readonly id: string;

  constructor(@Inject(CONFIG) { storage }: Config) {
    const place = `${hostname()}:${storage.dataDir}`;
    this.id = createHash('sha256').update(place).digest('hex').slice(0, 32);
  }
}
