import { get } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Audience, EventBus, type JobUpdate } from '../../src/events/index.js';
import { FakeEngine } from '../../src/engine/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { addUser, bearer, send, tokenOf } from '../support/auth.js';
import { until } from '../support/until.js';
import { jobEnd, submitted } from '../support/jobs.js';
import { PlainFeed, type Message, type PlainOptions } from '../support/plain-feed.js';

const IDLE: JobUpdate = {
  job_id: '0d9a3f52-6c1b-4f57-9d52-0a7f3c1b8e44',
  status: 'processing',
  progress: 0,
  current_step: 0,
  total_steps: 1,
  time_elapsed: 0,
  time_remaining: null,
  speed: null,
};

let server: TestApp;
let address: string;
let token: string;
const feeds: PlainFeed[] = [];

beforeEach(async () => {
  server = await createTestApp({ engine: FakeEngine.slow(5) });
  await addUser(server.app, 'anna', 'user');
  await addUser(server.app, 'bert', 'user');
  address = await server.listen();
  token = await tokenOf(server.app, 'anna');
});

afterEach(async () => {
  for (const feed of feeds.splice(0)) feed.close();
  await server.close();
});

async function open(options: PlainOptions): Promise<PlainFeed> {
  const feed = await PlainFeed.open(address, options);
  feeds.push(feed);
  return feed;
}

const jobUpdates = ({ messages }: PlainFeed): Message[] =>
  messages.filter(({ type }) => type === 'job_update');

const isEnd =
  (id: string) =>
  ({ type, data }: Message) =>
    type === 'job_update' && data['job_id'] === id && data['status'] === 'completed';

describe('WebSocket Support: the connection at /ws', () => {
  it.each<[string, () => PlainOptions]>([
    ['an Authorization header', () => ({ headers: bearer(token) })],
    ['the subprotocol "bearer, <token>"', () => ({ protocols: ['bearer', token] })],
    ['a first message', () => ({ first: { type: 'auth', token } })],
  ])('takes the token in %s', async (_, options) => {
    const feed = await open(options());
    const id = await submitted(server.app, token, { prompt: 'x', steps: 2 });
    await feed.until(isEnd(id));
    expect(jobUpdates(feed).length).toBeGreaterThan(1);
  });

  it('takes an API key', async () => {
    const made = await send(server.app, 'POST', '/api/auth/keys', bearer(token), {
      name: 'watcher',
      scopes: ['job:read'],
    });
    const apiKey = made.body['key'] as string;
    const feed = await open({ headers: { 'x-api-key': apiKey } });
    const id = await submitted(server.app, token);
    expect((await feed.until(isEnd(id))).data['job_id']).toBe(id);
  });

  it('refuses a bad credential with the envelope, before there is a connection', async () => {
    const answer = await new Promise<{ status?: number; body: string }>((resolve, reject) => {
      const headers = {
        ...bearer('garbage'),
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      };
      get(`${address}/ws`, { headers }, (reply) => {
        let body = '';
        reply.on('data', (chunk: Buffer) => (body += chunk.toString()));
        reply.on('end', () => resolve({ status: reply.statusCode, body }));
      }).on('error', reject);
    });
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.body)).toMatchObject({
      error: { code: 'AUTH_REQUIRED', status_code: 401 },
    });
  });

  it.each([
    [{ type: 'auth', token: 'garbage' }],
    [{ type: 'hello' }],
    ['text'],
    [{ type: 'auth' }],
  ])('closes with 4401 after the first message %j', async (first) => {
    const feed = await open({ first });
    expect((await feed.closed).code).toBe(4401);
  });

  it('ignores a token in the address, which would be kept in logs', async () => {
    const feed = await PlainFeed.open(address, { first: undefined });
    feeds.push(feed);
    const id = await submitted(server.app, token, { prompt: 'x', steps: 2 });
    await jobEnd(server.app, token, id);
    expect(feed.messages).toEqual([]);
  });

  it('ends with the session', async () => {
    const feed = await open({ headers: bearer(token) });
    await send(server.app, 'POST', '/api/auth/logout', bearer(token));
    expect((await feed.closed).code).toBe(4401);
  });

  it('stands beside socket.io and leaves other paths alone', async () => {
    await expect(
      PlainFeed.open(`${address}/elsewhere`, { headers: bearer(token) }),
    ).rejects.toThrow(/socket hang up|ECONNRESET/);
  });

  it('cuts off a client that does not read, after leaving its previews out', async () => {
    const feed = await open({ headers: bearer(token) });
    const events = server.app.get(EventBus);
    const audience = server.app.get(Audience);
    const { body } = await send(server.app, 'GET', '/api/auth/me', bearer(token));
    const { id: ownerId } = body['user'] as { id: string };
    const update = (fill: { preview?: string; error?: { code: string; message: string } }) =>
      events.emit('job.updated', { ownerId, kind: 'text2img', update: { ...IDLE, ...fill } });
    expect(audience.isThere).toBe(true);
    feed.socket.pause();
    const long = 'x'.repeat(256 * 1024);
    // Whatever the system's own buffers take, a hundred megabytes of previews are not kept for anybody.
    for (let count = 0; count < 400; count += 1) update({ preview: long });
    expect(audience.isThere).toBe(true);
    await until('the end of the connection', 10_000, () => {
      update({ error: { code: 'X', message: long } });
      return !audience.isThere;
    });
  });

  it('answers pings, and cuts off a client that sends too much', async () => {
    const feed = await open({ headers: bearer(token) });
    const pong = new Promise((resolve) => feed.socket.once('pong', resolve));
    feed.socket.ping();
    await pong;
    feed.socket.send('x'.repeat(17 * 1024));
    expect((await feed.closed).code).toBe(1009);
  });
});

describe('WebSocket Message Format', () => {
  it('job_update: {type, data: {job_id, progress, current_step, total_steps, time_elapsed, time_remaining}}', async () => {
    const feed = await open({ headers: bearer(token) });
    const id = await submitted(server.app, token, { prompt: 'x', steps: 6 });
    await feed.until(isEnd(id));
    const steps = jobUpdates(feed).filter(({ data }) => data['phase'] === 'sampling');
    expect(steps.length).toBeGreaterThanOrEqual(6);
    for (const message of steps) {
      expect(Object.keys(message)).toEqual(['type', 'data']);
      expect(message.data).toMatchObject({
        job_id: id,
        progress: expect.closeTo(Number(message.data['current_step']) / 6, 5) as number,
        total_steps: 6,
        time_elapsed: expect.any(Number) as number,
      });
    }
    expect(steps.at(-1)?.data['time_remaining']).toBe(0);
  });

  it('queue_update: how full the queue is', async () => {
    const feed = await open({ headers: bearer(token) });
    const id = await submitted(server.app, token, { prompt: 'x', steps: 150 });
    await submitted(server.app, token, { prompt: 'y' });
    const { data } = await feed.until(
      ({ type, data: queue }) =>
        type === 'queue_update' && queue['size'] === 1 && queue['active_generations'] === 1,
    );
    expect(data).toEqual({ size: 1, active_generations: 1, running: true });
    await jobEnd(server.app, token, id);
  });

  it('system_update: the body of GET /api/status, while somebody listens', async () => {
    const feed = await open({ headers: bearer(token) });
    const { data } = await feed.until(({ type }) => type === 'system_update');
    const { body } = await send(server.app, 'GET', '/api/status');
    expect(data).toEqual(body);
  });

  it('reaches the owner of a job and administrators, and nobody else', async () => {
    const [own, other, admin] = [
      await open({ headers: bearer(token) }),
      await open({ headers: bearer(await tokenOf(server.app, 'bert')) }),
      await open({ headers: bearer(await tokenOf(server.app)) }),
    ] as const;
    const id = await submitted(server.app, token, { prompt: 'x', steps: 2 });
    await Promise.all([own.until(isEnd(id)), admin.until(isEnd(id))]);
    await other.until(({ type }) => type === 'system_update');
    expect(jobUpdates(other)).toEqual([]);
  });
});
