import { hostname, totalmem } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeEngine, type EngineDevice } from '../../../src/engine/index.js';
import { eventsIn, PHOTO, startMold, type MoldServer } from '../../support/mold.js';

let mold: MoldServer;

const DEVICE: EngineDevice = {
  name: 'CUDA0',
  description: 'A large card',
  type: 'gpu',
  memoryTotal: 24_000,
  memoryFree: 20_000,
};

/** An engine with a card beside its processor. */
async function engineWithCard(): Promise<FakeEngine> {
  const engine = FakeEngine.instant();
  const facts = await engine.facts();
  engine.facts = async () => ({ ...facts, devices: [...facts.devices, DEVICE] });
  return engine;
}

beforeEach(async () => {
  mold = await startMold(await engineWithCard());
});

afterEach(() => mold.close());

interface Snapshot {
  gpus: { vram_total: number; vram_used: number }[];
  system_ram: { total: number; used: number; used_by_mold: number; used_by_other: number };
}

describe('/api/resources', () => {
  it('tells what the server has and takes', async () => {
    const { body } = await mold.anna.json<Snapshot>('GET', '/api/resources');
    expect(body).toMatchObject({ hostname: hostname(), cpu: { cores: expect.any(Number) } });
    expect(body.gpus).toEqual([
      {
        ordinal: 0,
        name: 'A large card',
        backend: 'cuda',
        vram_total: 24_000,
        vram_used: 4000,
        vram_used_by_mold: null,
        vram_used_by_other: null,
      },
    ]);
    const { total, used, used_by_mold: own, used_by_other: others } = body.system_ram;
    expect(total).toBe(totalmem());
    expect(own).toBeGreaterThan(0);
    expect(own + others).toBe(used);
  });

  it('tells it again and again to who listens', async () => {
    const gone = new AbortController();
    const answer = await mold.anna.fetch('/api/resources/stream', { signal: gone.signal });
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (text.split('\n\n').length < 3) text += (await reader.read()).value ?? '';
    gone.abort();
    const events = eventsIn(text);
    expect(events.map(({ name }) => name)).toEqual(['snapshot', 'snapshot']);
    expect(Number(events[1]!.data['timestamp'])).toBeGreaterThan(
      Number(events[0]!.data['timestamp']),
    );
  });
});

describe('what is not done here', () => {
  it.each([
    ['POST', '/api/generate/chain', /one piece/],
    ['POST', '/api/generate/chain/stream', /one piece/],
    ['POST', '/api/generate/estimate', /in advance/],
    ['POST', '/api/queue/pause', /paused/],
    ['POST', '/api/queue/resume', /paused/],
    ['PATCH', '/api/queue/0d9a3f52-6c1b-4f57-9d52-0a7f3c1b8e44', /moved/],
    ['GET', `/api/models/${PHOTO}/components`, /parts/],
    ['PUT', `/api/config/model/${PHOTO}/placement`, /computed where/],
    ['DELETE', `/api/config/model/${PHOTO}/placement`, /computed where/],
    ['POST', '/api/shutdown', /whoever runs it/],
  ])('%s %s says why', async (method, path, why) => {
    const refused = await mold.anna.fetch(path, { method });
    const said = (await refused.json()) as { error: string; code: string };
    expect([refused.status, said.code]).toEqual([422, 'UNSUPPORTED']);
    expect(said.error).toMatch(why);
    expect((await mold.stranger.fetch(path, { method })).status).toBe(401);
  });

  it('has no model that makes chains, and no previews in the gallery', async () => {
    const limits = await mold.anna.json('GET', `/api/capabilities/chain-limits?model=${PHOTO}`);
    expect([limits.status, limits.body['code']]).toEqual([404, 'NOT_CHAINABLE']);
    const unknown = await mold.anna.json('GET', '/api/capabilities/chain-limits?model=x:q8');
    expect([unknown.status, unknown.body['code']]).toEqual([404, 'MODEL_NOT_FOUND']);
    const preview = await mold.anna.fetch('/api/gallery/preview/some.png');
    expect([preview.status, await preview.text()]).toEqual([404, '']);
  });
});
