import { describe, expect, it } from 'vitest';
import { serverEvents, type ServerEvent } from './server-events.js';

async function eventsOf(...chunks: (string | Uint8Array)[]): Promise<ServerEvent[]> {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks)
        controller.enqueue(typeof chunk === 'string' ? encoder.encode(chunk) : chunk);
      controller.close();
    },
  });
  const events: ServerEvent[] = [];
  for await (const event of serverEvents(body)) events.push(event);
  return events;
}

describe('serverEvents', () => {
  it('puts events together that come in pieces', async () => {
    const events = await eventsOf(
      'event: cont',
      'ent\ndata: {"a":',
      '1}\n',
      '\nevent: done\ndata: 2\n\n',
    );
    expect(events).toEqual([
      { event: 'content', data: '{"a":1}' },
      { event: 'done', data: '2' },
    ]);
  });

  it('leaves out comments', async () => {
    expect(await eventsOf(': still here\n\n', 'data: x\n\n')).toEqual([
      { event: 'message', data: 'x' },
    ]);
  });

  it('keeps a letter whole whose bytes come apart', async () => {
    const bytes = new TextEncoder().encode('data: ü\n\n');
    expect(await eventsOf(bytes.slice(0, 7), bytes.slice(7))).toEqual([
      { event: 'message', data: 'ü' },
    ]);
  });

  it('gives the last event of a stream without an end', async () => {
    expect(await eventsOf('event: done\ndata: 1')).toEqual([{ event: 'done', data: '1' }]);
  });
});
