import { describe, expect, it } from 'vitest';
import { OpenaiEngine, type Person } from '../clients/open-webui/openai.js';
import { call, jsonOf, SLOW_APPLE, type Job, type TestClient } from '../support/client.js';
import { addUserRow } from '../support/database.js';
import { sharedServer } from '../support/server.js';
import { until } from '../support/until.js';

const server = sharedServer({ env: { ATELIER_FILES_ACCESS: 'owner' } });

const ANN: Person = { id: 'u-ann', name: 'Ann Ångström', email: 'ann@example.org', role: 'user' };
const BEN: Person = { id: 'u-ben', name: 'Ben', email: 'ben@example.org', role: 'admin' };

const STEPS = 60;

const WISH = { prompt: 'red apple', size: '64x64' };

/** A key for a front. */
async function keyOf(owner: TestClient, wanted: object = {}): Promise<string> {
  const body = { name: 'open webui', ...wanted };
  const reply = await owner.api({ path: '/api/auth/keys', body });
  return jsonOf<{ key: string }>(reply).key;
}

/** One person at an Open WebUI that has this key. */
class Visitor {
  constructor(
    private readonly key: string,
    private readonly person: Person,
  ) {}

  /** Draws, so many steps long. */
  async draw(steps: number): Promise<Buffer> {
    const openWebui = new OpenaiEngine({
      base: `${server().url}/v1`,
      key: this.key,
      model: 'tiny-emoji',
      person: this.person,
      params: { steps, seed: SLOW_APPLE.seed },
    });
    const [picture] = await openWebui.generate(WISH);
    return picture!.bytes;
  }

  /** Their own, newest first. */
  async jobs(): Promise<Job[]> {
    return (await this.get<{ jobs: Job[] }>('/api/queue/history')).jobs;
  }

  /** The queue as they see it: their own jobs, and how many there are of others. */
  async queue(): Promise<{ mine: string[]; others: number }> {
    const { queue } = await this.get<{
      queue: { jobs: Job[]; others: { queued: number; processing: number } };
    }>('/api/queue/status');
    const { jobs, others } = queue;
    return { mine: jobs.map(({ id }) => id), others: others.queued + others.processing };
  }

  async statusOf(path: string): Promise<number> {
    return (await call(server().url, { path, headers: this.headers })).status;
  }

  private async get<T>(path: string): Promise<T> {
    return jsonOf<T>(await call(server().url, { path, headers: this.headers }));
  }

  private get headers(): Record<string, string> {
    const { id, name, email, role } = this.person;
    return {
      authorization: `Bearer ${this.key}`,
      'x-openwebui-user-id': id,
      'x-openwebui-user-name': encodeURIComponent(name),
      'x-openwebui-user-email': email,
      'x-openwebui-user-role': role,
    };
  }
}

function outputOf({ outputs }: Job): string {
  return outputs[0]!.url;
}

describe('two people behind one key that delegates', () => {
  it('have queues, pictures and a history of their own', async () => {
    const key = await keyOf(server().admin, { delegates: true });
    const [ann, ben] = [new Visitor(key, ANN), new Visitor(key, BEN)];
    const finished: string[] = [];
    const draw = async (name: string, visitor: Visitor): Promise<Buffer> => {
      const picture = await visitor.draw(STEPS);
      finished.push(name);
      return picture;
    };
    const anns = [draw('Ann', ann), draw('Ann', ann), draw('Ann', ann)];
    await until('the jobs of Ann', 30_000, async () => {
      const jobs = await ann.jobs();
      return jobs.length === anns.length && jobs.some(({ status }) => status === 'processing');
    });
    const bens = draw('Ben', ben);
    await until('the job of Ben', 30_000, async () => (await ben.jobs()).length === 1);

    const [seenByAnn, seenByBen] = [await ann.queue(), await ben.queue()];
    expect([seenByAnn.mine.length, seenByAnn.others]).toEqual([3, 1]);
    expect([seenByBen.mine.length, seenByBen.others]).toEqual([1, 3]);

    const [picture] = await Promise.all([bens, ...anns]);
    // Who has had nothing yet goes before the second of somebody else.
    expect(finished).toEqual(['Ann', 'Ben', 'Ann', 'Ann']);

    const [annsJobs, bensJobs] = [await ann.jobs(), await ben.jobs()];
    expect(annsJobs.map(({ id }) => id).toSorted()).toEqual(seenByAnn.mine.toSorted());
    expect(bensJobs.map(({ id }) => id)).toEqual(seenByBen.mine);
    const [own, other] = [outputOf(bensJobs[0]!), outputOf(annsJobs[0]!)];
    expect([await ben.statusOf(own), await ben.statusOf(other)]).toEqual([200, 404]);
    expect([await ann.statusOf(own), await ann.statusOf(other)]).toEqual([404, 200]);
    const { bytes } = await server().admin.api({ path: own });
    expect(bytes.equals(picture)).toBe(true);
    // What Open WebUI calls an administrator is none here.
    expect(await ben.statusOf('/api/users')).toBe(403);
  });
});

describe('two people behind an ordinary key', () => {
  it('are its owner, and the log says so', async () => {
    addUserRow(server().dataDir, 'carol', 'user');
    const key = await keyOf(await server().login('carol'));
    const [ann, ben] = [new Visitor(key, ANN), new Visitor(key, BEN)];
    await Promise.all([ann.draw(1), ben.draw(1)]);
    const ids = (await ann.jobs()).map(({ id }) => id);
    expect(ids).toHaveLength(2);
    expect((await ben.jobs()).map(({ id }) => id)).toEqual(ids);
    const notes = server().log.match(/The key \S+ of carol may not speak for others/g);
    expect(notes).toHaveLength(1);
  });
});
