import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { PACKAGE_ROOT } from '../../src/common/index.js';
import { loadConfig } from '../../src/config/index.js';
import { EventStreams, Shutdown, StreamLimiter } from '../../src/connections/index.js';
import { DIALECTS } from '../../src/dialects/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { bearer, send, tokenOf } from '../support/auth.js';

const CHAT = { message: 'hello' };
const IMAGE = { prompt: 'red apple', size: '64x64', stream: true };

/** A request of every route that answers with an event stream, valid as far as it is looked at before. */
const REQUESTS: Record<string, { body?: object; headers?: Record<string, string> }> = {
  'POST /api/assistant/chat/stream': { body: CHAT },
  'POST /sdcpp/assistant/chat/stream': { body: CHAT },
  'POST /v1/images/generations': { body: IMAGE },
  'POST /mold/api/generate/stream': { body: { prompt: 'red apple' } },
  'POST /mold/api/upscale/stream': { body: { model: 'tiny-emoji-x4', image: 'aGVsbG8=' } },
  'POST /mold/api/models/pull': {
    body: { model: 'tiny-emoji' },
    headers: { accept: 'text/event-stream' },
  },
  'GET /mold/api/resources/stream': {},
  'GET /mold/api/downloads/stream': {},
};

/** Routes that reach the bound only after something that a sweep cannot make, by the test that has it. */
const ELSEWHERE = [
  // Forms with pictures, which stream through the same service as generations.
  'POST /v1/images/edits',
  'POST /v1/images/variations',
  // A batch must be there.
  'GET /mold/api/generation-batches/{id}/events',
];

interface ApiDocument {
  paths: Record<string, Record<string, { responses: Record<string, { content?: object }> }>>;
}

/** Every route whose description has an event stream among its answers. */
function describedStreams(): string[] {
  const files = ['openapi.json', ...DIALECTS.map(({ name }) => `openapi/${name}.json`)];
  return files.flatMap((file) => {
    const text = readFileSync(join(PACKAGE_ROOT, 'docs', file), 'utf8');
    return Object.entries((JSON.parse(text) as ApiDocument).paths).flatMap(([path, operations]) =>
      Object.entries(operations)
        .filter(([, { responses }]) =>
          Object.values(responses).some(({ content }) =>
            Object.hasOwn(content ?? {}, 'text/event-stream'),
          ),
        )
        .map(([method]) => `${method.toUpperCase()} ${path}`),
    );
  });
}

describe('event streams', () => {
  let server: TestApp;
  let token: string;

  beforeAll(async () => {
    server = await createTestApp({ env: { ATELIER_STREAMS_PER_USER: '1' } });
    token = await tokenOf(server.app);
    const { body } = await send(server.app, 'GET', '/api/auth/me', bearer(token));
    server.app.get(StreamLimiter).takeStream((body['user'] as { id: string }).id, '127.0.0.1');
  });

  afterAll(() => server.close());

  it('are all known to this sweep', () => {
    expect(describedStreams().toSorted()).toEqual(
      [...Object.keys(REQUESTS), ...ELSEWHERE].toSorted(),
    );
  });

  it.for(Object.entries(REQUESTS))(
    'beyond the bound of a user are refused with 429 before any work is begun: %s',
    async ([route, { body, headers }]) => {
      const [method = '', path = ''] = route.split(' ');
      const all = { ...bearer(token), ...headers };
      const reply = await send(server.app, method as 'GET', path, all, body);
      expect(reply.status).toBe(429);
      expect(JSON.stringify(reply.body)).toMatch(/TOO_MANY_STREAMS|rate_limit|RATE_LIMITED/i);
      const queue = await send(server.app, 'GET', '/api/queue/status', bearer(token));
      expect(queue.body['queue']).toMatchObject({ size: 0, active_generations: 0, jobs: [] });
    },
  );

  it('are sent by nothing but the module that bounds them', async () => {
    const files = await readdir(join(PACKAGE_ROOT, 'src'), { recursive: true });
    const senders = files.filter((file) => {
      if (!file.endsWith('.ts') || file.startsWith('connections/')) return false;
      const text = readFileSync(join(PACKAGE_ROOT, 'src', file), 'utf8');
      return /content-type['"]?\s*[:,]\s*['"](?:text\/event-stream|application\/x-ndjson)/i.test(
        text,
      );
    });
    expect(senders).toEqual([]);
  });
});

describe('an event stream whose client does not read', () => {
  it('is cut, and gives its place back', async () => {
    const config = loadConfig({ ATELIER_STREAM_STALL_SECONDS: '1', ATELIER_STREAMS_PER_USER: '1' });
    const limiter = new StreamLimiter(config);
    const streams = new EventStreams(new Shutdown(), limiter, config);
    const caller = { userId: 'anna' };
    const gone = Promise.withResolvers<void>();
    const http = fastify();
    onTestFinished(() => http.close());
    http.get('/', (_, reply) =>
      streams.send(caller, reply, async function* (signal) {
        signal.addEventListener('abort', () => gone.resolve());
        for (;;) yield { data: 'x'.repeat(1024 * 1024) };
      }),
    );
    await http.listen({ port: 0, host: '127.0.0.1' });
    const client = connect((http.server.address() as AddressInfo).port, '127.0.0.1');
    client.on('error', () => undefined);
    await once(client, 'connect');
    client.pause();
    client.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await gone.promise;
    const places = (): unknown => limiter.takeStream('anna', '127.0.0.1')();
    await expect.poll(places, { timeout: 10_000 }).toBeUndefined();
    client.destroy();
  });
});
