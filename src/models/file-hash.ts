import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { Injectable } from '@nestjs/common';

interface Known {
  stamp: string;
  hash: Promise<string>;
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/** SHA-256 of files, computed once for as long as a file's size and date stay the same. */
@Injectable()
export class FileHashes {
  private readonly known = new Map<string, Known>();

  /** @returns lower-case hex. */
  async of(path: string): Promise<string> {
    const { size, mtimeMs } = await stat(path);
    const stamp = `${size}:${mtimeMs}`;
    const known = this.known.get(path);
    if (known?.stamp === stamp) return known.hash;
    const hash = sha256(path);
    this.known.set(path, { stamp, hash });
    hash.catch(() => this.known.delete(path));
    return hash;
  }
}
