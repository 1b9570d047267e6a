import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeEngine } from '../../../src/engine/index.js';
import { PHOTO, startMold, type MoldClient, type MoldServer } from '../../support/mold.js';
import { until } from '../../support/until.js';

let mold: MoldServer;
let open: () => void;

beforeEach(async () => {
  const blocked = FakeEngine.blocking();
  open = blocked.open;
  mold = await startMold(blocked.engine);
});

afterEach(() => mold.close());

const BODY = { prompt: 'a glowing robot', model: PHOTO, width: 64, height: 64, steps: 2 };

interface Entry {
  id: string;
  state: string;
  position: number;
}

interface Queue {
  entries: Entry[];
  page: Record<string, unknown>;
}

async function queueOf(client: MoldClient, query = ''): Promise<Queue> {
  return (await client.json<Queue>('GET', `/api/queue${query}`)).body;
}

/** Asks for so many pictures, and answers when the first is being drawn. */
async function busy(client: MoldClient, count: number): Promise<Promise<Response>[]> {
  const answers: Promise<Response>[] = [];
  for (let at = 1; at <= count; at += 1) {
    answers.push(client.post('/api/generate', BODY));
    await until('the job', 10_000, async () => {
      const { entries } = await queueOf(client);
      return entries.length === at && entries[0]!.state === 'running';
    });
  }
  return answers;
}

describe('GET /api/queue', () => {
  it('lists what the caller has in work, and nothing of others', async () => {
    const answers = await busy(mold.anna, 2);
    const { entries, page } = await queueOf(mold.anna);
    expect(entries).toEqual([
      {
        id: expect.any(String) as string,
        model: PHOTO,
        state: 'running',
        started_at_unix_ms: expect.any(Number) as number,
        position: 0,
      },
      {
        id: expect.any(String) as string,
        model: PHOTO,
        state: 'queued',
        started_at_unix_ms: null,
        position: 1,
      },
    ]);
    expect(page).toEqual({ limit: 100, offset: 0, returned: 2 });
    const first = await queueOf(mold.anna, '?limit=1');
    expect(first.page).toEqual({ limit: 1, offset: 0, returned: 1, next_cursor: '1' });
    const second = await queueOf(mold.anna, '?limit=1&cursor=1');
    expect(second.entries).toEqual([entries[1]]);
    expect((await queueOf(mold.berta)).entries).toEqual([]);
    open();
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    expect(statuses).toEqual([200, 200]);
  });
});

describe('DELETE /api/queue/{id} and /api/queue', () => {
  it('cancels a job of the caller, and none of others', async () => {
    const [answer] = await busy(mold.anna, 1);
    const [{ id }] = (await queueOf(mold.anna)).entries as [Entry];
    const path = `/api/queue/${id}`;
    expect((await mold.berta.fetch(path, { method: 'DELETE' })).status).toBe(404);
    expect((await mold.anna.fetch(path, { method: 'DELETE' })).status).toBe(204);
    expect((await answer!).status).toBe(499);
    const again = await mold.anna.json('DELETE', path);
    expect([again.status, again.body['code']]).toEqual([409, 'JOB_FINISHED']);
  });

  it('cancels all of them', async () => {
    const annas = await busy(mold.anna, 2);
    const bertas = mold.berta.post('/api/generate', BODY);
    await until('her job', 10_000, async () => (await queueOf(mold.berta)).entries.length === 1);
    expect((await mold.anna.fetch('/api/queue', { method: 'DELETE' })).status).toBe(204);
    const statuses = (await Promise.all(annas)).map(({ status }) => status);
    expect(statuses).toEqual([499, 499]);
    open();
    expect((await bertas).status).toBe(200);
  });
});

describe('GET /api/capabilities', () => {
  it('tells what there is, and nothing of what there is not', async () => {
    const { body } = await mold.anna.json('GET', '/api/capabilities');
    expect(body).toEqual({
      gallery: { can_delete: true },
      queue: {
        can_pause: false,
        can_pause_job: false,
        can_cancel_all: true,
        can_reorder: false,
        cooperative_cancellation: true,
        heterogeneous_batch_max_outputs: 64,
      },
      durable_media: {
        protocol_version: 2,
        encrypted_at_rest: false,
        generate_request_media: true,
        identity: false,
        private_h3: false,
      },
    });
  });
});
