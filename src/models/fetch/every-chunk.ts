import type { Readable } from 'node:stream';

/** Bytes that may wait to be written before the other side is slowed down. */
const AHEAD = 4 * 1024 * 1024;

/**
 * The chunks of a body, listened to from the call on. A stream that fails forgets what it has not given
 * away yet; here all that had come is given before the failure is thrown, so that a cut loses nothing.
 */
export function everyChunk(body: Readable): AsyncIterable<Buffer> {
  const waiting: Buffer[] = [];
  let bytes = 0;
  let news = Promise.withResolvers<void>();
  const tell = (): void => {
    news.resolve();
    news = Promise.withResolvers();
  };
  body.on('data', (chunk: Buffer) => {
    waiting.push(chunk);
    bytes += chunk.length;
    if (bytes > AHEAD) body.pause();
    tell();
  });
  for (const end of ['end', 'error', 'close']) body.once(end, tell);

  async function* give(): AsyncGenerator<Buffer, void> {
    for (;;) {
      const chunk = waiting.shift();
      if (chunk) {
        bytes -= chunk.length;
        if (bytes <= AHEAD) body.resume();
        yield chunk;
        continue;
      }
      if (body.errored) throw body.errored;
      if (body.readableEnded) return;
      if (body.destroyed) throw new Error('it was closed');
      await news.promise;
    }
  }
  return { [Symbol.asyncIterator]: give };
}
