import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_USAGE } from '../../../src/dialects/openai/images/answers.js';
import { FakeEngine } from '../../../src/engine/index.js';
import { startOpenai, type OpenaiServer } from '../../support/openai.js';
import { until } from '../../support/until.js';

let openai: OpenaiServer;

beforeAll(async () => {
  openai = await startOpenai(FakeEngine.slow(20));
});

afterAll(() => openai.close());

const SMALL = { prompt: 'red apple', size: '64x64', steps: 12, seed: 42, stream: true };

interface StreamEvent {
  name: string;
  data: Record<string, unknown>;
}

function eventsIn(text: string): StreamEvent[] {
  return text
    .split('\n\n')
    .filter((frame) => frame !== '' && !frame.startsWith(':'))
    .map((frame) => {
      const [, name = '', data = ''] = /^event: (.*)\ndata: (.*)$/.exec(frame) ?? [];
      return { name, data: JSON.parse(data) as Record<string, unknown> };
    });
}

function ask(body: object, init: RequestInit = {}): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  const method = 'POST';
  return openai.anna.fetch('/images/generations', {
    ...init,
    method,
    headers,
    body: JSON.stringify(body),
  });
}

async function formatOf(data: unknown): Promise<string | undefined> {
  return (await sharp(Buffer.from(String(data), 'base64')).metadata()).format;
}

const SHARED = { background: 'opaque', quality: 'high', size: '64x64' };

describe('POST /v1/images/generations with stream', () => {
  it.each(['png', 'jpeg', 'webp'])('shows pictures in the making as %s', async (format) => {
    const answer = await ask({ ...SMALL, partial_images: 2, output_format: format });
    expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const events = eventsIn(await answer.text());
    const partial = 'image_generation.partial_image';
    expect(events.map(({ name }) => name)).toEqual([
      partial,
      partial,
      'image_generation.completed',
    ]);
    for (const [index, { name, data }] of events.entries()) {
      expect(data).toEqual({
        type: name,
        b64_json: expect.any(String) as string,
        created_at: expect.any(Number) as number,
        output_format: format,
        ...SHARED,
        ...(name === partial ? { partial_image_index: index } : { usage: NO_USAGE }),
      });
      expect(await formatOf(data['b64_json'])).toBe(format);
    }
  });

  it('shows none where none is wanted, and each picture of several', async () => {
    const answer = await ask({ ...SMALL, n: 2, steps: 1 });
    const events = eventsIn(await answer.text());
    expect(events.map(({ name }) => name)).toEqual([
      'image_generation.completed',
      'image_generation.completed',
    ]);
  });

  it('ends with the file that was made', async () => {
    const answer = await ask({ ...SMALL, steps: 1 });
    const [event] = eventsIn(await answer.text());
    const [job] = await openai.jobs(openai.anna);
    const file = await fetch(`${openai.anna.base}/images/files/${job!.id}/image_0.png`);
    expect(Buffer.from(String(event!.data['b64_json']), 'base64')).toEqual(
      Buffer.from(await file.arrayBuffer()),
    );
  });

  it('refuses before it begins to stream', async () => {
    const answer = await ask({ ...SMALL, steps: 0 });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { param: 'steps' } });
  });

  it('cancels the job of who hangs up', async () => {
    const gone = new AbortController();
    const answer = await ask({ ...SMALL, steps: 150, partial_images: 1 }, { signal: gone.signal });
    expect(answer.status).toBe(200);
    gone.abort();
    await until('its cancelling', 10_000, async () => {
      const [job] = await openai.jobs(openai.anna);
      return job?.status === 'cancelled';
    });
  });
});

describe('POST /v1/images/edits with stream', () => {
  it('tells of an edit', async () => {
    const create = { width: 64, height: 64, channels: 3, background: '#c01010' } as const;
    const picture = await sharp({ create }).png().toBuffer();
    const form = new FormData();
    const texts = { prompt: 'green apple', steps: '12', stream: 'true', partial_images: '1' };
    for (const [name, value] of Object.entries(texts)) form.append(name, value);
    form.append('image', new Blob([new Uint8Array(picture)]), 'image.png');
    const answer = await openai.anna.fetch('/images/edits', { method: 'POST', body: form });
    const names = eventsIn(await answer.text()).map(({ name, data }) => [name, data['type']]);
    expect(names).toEqual([
      ['image_edit.partial_image', 'image_edit.partial_image'],
      ['image_edit.completed', 'image_edit.completed'],
    ]);
  });
});
