import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AuthService, type Principal } from '../../../src/auth/index.js';
import { FakeEngine } from '../../../src/engine/index.js';
import { ModelChoices } from '../../../src/generate/index.js';
import { bearer } from '../../support/auth.js';
import { SdcppFeed, type SdcppEvent } from '../../support/sdcpp-feed.js';
import { sdcppHouse, type SdcppHouse } from '../../support/sdcpp-house.js';

let house: SdcppHouse;
const feeds: SdcppFeed[] = [];

beforeEach(async () => {
  house = await sdcppHouse();
});

afterEach(async () => {
  for (const feed of feeds.splice(0)) feed.close();
  await house.close();
});

async function open(path = '/ws', headers = bearer(house.tokens.anna)): Promise<SdcppFeed> {
  const feed = await SdcppFeed.open(`${house.base}${path}`, { headers });
  feeds.push(feed);
  return feed;
}

describe('Model Events', () => {
  const DRAWING = { client: 'sdcpp', what: 'drawing' } as const;

  async function choose(model: string): Promise<string> {
    return house.server.app.get(ModelChoices).load(await anna(), DRAWING, { model });
  }

  function anna(): Promise<Principal> {
    const headers = bearer(house.tokens.anna);
    return house.server.app.get(AuthService).authenticateHandshake({ headers });
  }

  const isModelEvent = ({ event }: SdcppEvent): boolean => event.startsWith('model_');

  it('tell of the model that a user has loaded for themselves, and no job', async () => {
    const [own, other] = [await open(), await open('/ws', bearer(house.tokens.bert))];
    const { body } = await house.ask('/queue');
    expect(body['total_count']).toBe(0);
    await choose('tiny-emoji');
    const { data } = await own.until('model_loaded');
    expect(data).toMatchObject({
      model_name: expect.stringContaining('tiny-emoji'),
      model_type: expect.any(String),
    });
    expect(own.of('model_loading_progress')[0]?.data).toMatchObject({
      model_name: expect.any(String),
      step: expect.any(Number),
      total_steps: expect.any(Number),
    });
    expect(own.of('job_added', 'job_status_changed')).toEqual([]);
    await other.until('memory_status');
    expect(other.events.filter(isModelEvent)).toEqual([]);
    expect((await house.ask('/queue')).body['total_count']).toBe(0);
  });

  it('tell that it is unloaded, for them alone', async () => {
    const [own, other] = [await open(), await open('/ws', bearer(house.tokens.bert))];
    const choices = house.server.app.get(ModelChoices);
    await choices.clear(await anna(), { client: 'another', what: 'drawing' });
    await choices.clear(await anna(), DRAWING);
    const { data } = await own.until('model_unloaded');
    expect(data).toEqual({ model_name: expect.stringContaining('tiny-emoji') });
    await own.until('server_status', ({ model_loaded }) => model_loaded === false);
    expect(own.of('model_unloaded')).toHaveLength(1);
    await other.until('memory_status');
    expect(other.events.filter(isModelEvent)).toEqual([]);
  });

  it('say why a model could not be loaded', async () => {
    const broken = await sdcppHouse({ engine: FakeEngine.loadingFails('it is broken') });
    const feed = await SdcppFeed.open(`${broken.base}/ws`, {
      headers: bearer(broken.tokens.anna),
    });
    const headers = bearer(broken.tokens.anna);
    const { app } = broken.server;
    const caller = await app.get(AuthService).authenticateHandshake({ headers });
    await app.get(ModelChoices).load(caller, DRAWING, { model: 'tiny-emoji' });
    const { data } = await feed.until('model_load_failed');
    expect(data).toEqual({
      model_name: expect.stringContaining('tiny-emoji'),
      error: expect.stringContaining('it is broken'),
    });
    const status = await feed.until('server_status', ({ last_error }) => last_error !== null);
    expect(status.data).toMatchObject({ model_loaded: false, last_error: expect.any(String) });
    feed.close();
    await broken.close();
  });
});
