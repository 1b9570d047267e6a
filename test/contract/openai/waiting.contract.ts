import { afterEach, describe, expect, it } from 'vitest';
import { EngineError, FakeEngine } from '../../../src/engine/index.js';
import { CuttingProxy } from '../../support/cutting-proxy.js';
import { OpenaiClient, startOpenai, type OpenaiServer } from '../../support/openai.js';
import { until } from '../../support/until.js';

let openai: OpenaiServer | undefined;

afterEach(async () => {
  await openai?.close();
  openai = undefined;
});

const SMALL = { prompt: 'red apple', size: '64x64', steps: 2, seed: 42 };

async function start(...args: Parameters<typeof startOpenai>): Promise<OpenaiServer> {
  openai = await startOpenai(...args);
  return openai;
}

describe('a request that waits', () => {
  it('is told why its job failed, and not to try again', async () => {
    const { anna, jobs } = await start(FakeEngine.failing(EngineError.failed('out of paint')));
    const { status, headers, body } = await anna.post('/images/generations', SMALL);
    const [job] = await jobs(anna);
    expect([status, headers.get('x-should-retry')]).toEqual([500, 'false']);
    expect(body).toEqual({
      error: {
        message: job!.error!.message,
        type: 'server_error',
        code: job!.error!.code.toLowerCase(),
        param: null,
      },
    });
  });

  it('is told the same by an event, where it is answered with events', async () => {
    const { anna } = await start(FakeEngine.failing(EngineError.failed('out of paint')));
    const answer = await anna.fetch('/images/generations', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...SMALL, stream: true, partial_images: 1 }),
    });
    expect(answer.status).toBe(200);
    const [, data = ''] = /^event: error\ndata: (.*)$/m.exec(await answer.text()) ?? [];
    expect(JSON.parse(data)).toMatchObject({ error: { type: 'server_error', param: null } });
  });

  it('is told when somebody cancelled its job', async () => {
    const { engine } = FakeEngine.blocking();
    const { anna, jobs, server } = await start(engine);
    const answer = anna.post('/images/generations', SMALL);
    const [job] = await until('its job', 5000, async () => {
      const all = await jobs(anna);
      return all[0]?.status === 'processing' ? all : undefined;
    });
    await server.app.inject({
      method: 'POST',
      url: '/api/queue/cancel',
      headers: { authorization: `Bearer ${anna.token}` },
      payload: { job_id: job!.id },
    });
    const { status, headers, body } = await answer;
    expect([status, headers.get('x-should-retry')]).toEqual([409, 'false']);
    expect(body['error']).toMatchObject({ code: 'job_cancelled' });
  });

  it('cancels its job when it hangs up and has announced no other try', async () => {
    const { engine } = FakeEngine.blocking();
    const { anna, jobs } = await start(engine);
    const gone = new AbortController();
    const answer = anna.fetch('/images/generations', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(SMALL),
      signal: gone.signal,
    });
    const hungUp = until(
      'its job',
      5000,
      async () => (await jobs(anna))[0]?.status === 'processing',
    ).then(() => gone.abort());
    await expect(answer).rejects.toThrow('aborted');
    await hungUp;
    await until('its end', 5000, async () => (await jobs(anna))[0]?.status === 'cancelled');
  });
});

describe('a package whose first answer is cut off', () => {
  it('gets the one picture by its own second try', async () => {
    const { anna, jobs } = await start(FakeEngine.slow(300));
    const proxy = await CuttingProxy.start(anna.base, () =>
      until('its job', 5000, async () => (await jobs(anna))[0]?.status === 'processing'),
    );
    const { base } = proxy;
    const client = new OpenaiClient(base, anna.token, anna.userId);
    const attempt = (count: string) =>
      client.post(
        '/images/generations',
        { ...SMALL, steps: 4 },
        { 'x-stainless-retry-count': count },
      );
    await expect(attempt('0')).rejects.toThrow('fetch failed');
    const { status, body } = await attempt('1');
    proxy.close();
    const all = await jobs(anna);
    expect([status, all.length, all[0]!.status]).toEqual([200, 1, 'completed']);
    expect(body['data']).toEqual([{ url: `${base}/images/files/${all[0]!.id}/image_0.png` }]);
  });
});

describe('the addresses of pictures', () => {
  it('are signed where files are opened by their signature', async () => {
    const { anna } = await start(FakeEngine.instant(), { ATELIER_FILES_ACCESS: 'signed' });
    const { body } = await anna.post('/images/generations', SMALL);
    const [{ url }] = body['data'] as [{ url: string }];
    expect(url).toMatch(/\?expires=\d+&signature=[\w-]+$/);
    expect((await fetch(url)).status).toBe(200);
    expect((await fetch(url.replace(/\?.*/, ''))).status).toBe(403);
  });

  it('are for their owners only where files are', async () => {
    const { anna, berta } = await start(FakeEngine.instant(), { ATELIER_FILES_ACCESS: 'owner' });
    const { body } = await anna.post('/images/generations', SMALL);
    const [{ url }] = body['data'] as [{ url: string }];
    const statusFor = async ({ token }: OpenaiClient): Promise<number> =>
      (await fetch(url, { headers: { authorization: `Bearer ${token}` } })).status;
    expect([await statusFor(anna), await statusFor(berta)]).toEqual([200, 404]);
    expect((await fetch(url)).status).toBe(401);
  });
});
