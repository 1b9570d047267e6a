import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { eventStream, type ServerSentEvent } from './event-stream.js';

async function textOf(stream: AsyncIterable<unknown>): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}

describe('eventStream', () => {
  it('writes each event whole, and ends with its source', async () => {
    const stream = eventStream(async function* () {
      yield { event: 'content', data: { content: 'a\nb' } };
      yield { id: '7', data: 'ü' };
    });
    expect(await textOf(stream)).toBe(
      'event: content\ndata: {"content":"a\\nb"}\n\nid: 7\ndata: "ü"\n\n',
    );
  });

  it('is kept alive while nothing happens', async () => {
    const done = Promise.withResolvers<void>();
    const stream = eventStream(async function* (): AsyncGenerator<ServerSentEvent, void> {
      await done.promise;
      yield { data: 1 };
    }, 5);
    const [first] = (await once(stream, 'data')) as [Buffer];
    expect(first.toString()).toBe(': still here\n\n');
    done.resolve();
    expect(await textOf(stream)).toMatch(/data: 1\n\n$/);
  });

  it('tells its source when nobody reads any more, in the middle of its work', async () => {
    const begun = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<string>();
    const stream = eventStream(async function* (gone) {
      yield { data: 1 };
      try {
        begun.resolve();
        await pause(60_000, undefined, { signal: gone });
      } catch (error) {
        ended.resolve((error as Error).name);
      }
    });
    stream.resume();
    await begun.promise;
    stream.destroy();
    expect(await ended.promise).toBe('AbortError');
  });

  it('ends with an error where its source fails', async () => {
    // oxlint-disable-next-line require-yield
    const stream = eventStream(async function* () {
      throw new Error('broken');
    });
    await expect(textOf(stream)).rejects.toThrow('broken');
  });
});
