import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { readOrCreateSecret } from '../../common/index.js';
import { CONFIG, type Config } from '../../config/index.js';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Keeps a text within a job's request that nobody is to read there: an address with a token in its query
 * is shown to everybody who may see the job. The key lies in the data folder.
 */
@Injectable()
export class Seal {
  private readonly key: Buffer;

  constructor(@Inject(CONFIG) config: Config) {
    const secret = readOrCreateSecret(join(config.storage.dataDir, 'downloads.key'), () =>
      randomBytes(KEY_BYTES).toString('base64url'),
    );
    this.key = Buffer.from(secret, 'base64url');
  }

  close(text: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.key, nonce);
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  /** @throws Error for what was not sealed with this key. */
  open(sealed: string): string {
    try {
      return this.decipher(Buffer.from(sealed, 'base64url'));
    } catch (error) {
      throw new Error('It was sealed with another key, or changed.', { cause: error });
    }
  }

  private decipher(bytes: Buffer): string {
    const decipher = createDecipheriv(CIPHER, this.key, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    const text = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  }
}
