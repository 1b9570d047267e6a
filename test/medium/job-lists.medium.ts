import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HistoryService, type JobListQuery, type OwnFilter } from '../../src/queue/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { addUser } from '../support/auth.js';
import { until } from '../support/until.js';
import { ownerOf, Workshop } from '../support/workshop.js';

let server: TestApp;
let history: HistoryService;
let anna: string;
let bert: string;

/** Title, kind, label, group, days ago, how it ended. */
type Row = [string, 'fetch' | 'write', string | undefined, string | undefined, number, boolean];

const ROWS: Row[] = [
  ['red apple', 'fetch', 'Fruit', 'g1', 3, true],
  ['green pear', 'fetch', 'Fruit', 'g1', 3, false],
  ['old castle', 'write', 'Été', undefined, 2, true],
  ['blue castle', 'fetch', undefined, 'g2', 1, true],
  ['red castle', 'write', 'Fruit', 'g2', 1, false],
  ['small river', 'fetch', undefined, undefined, 1, true],
];

/** A moment at noon, so many days ago. */
function noon(daysAgo: number): Date {
  const today = new Date();
  return new Date(today.getFullYear(), today.getMonth(), today.getDate() - daysAgo, 12);
}

function dayOf(moment: Date): string {
  return moment.toLocaleDateString('sv-SE');
}

async function ended(shop: Workshop, ownerId: string, id: string): Promise<void> {
  const ask = async (): Promise<boolean> => (await shop.job(ownerId, id)).end_time !== null;
  await until(`the end of ${id}`, 10_000, ask);
}

beforeAll(async () => {
  server = await createTestApp({ env: { ATELIER_DRAIN_SECONDS: '0' } });
  history = server.app.get(HistoryService);
  anna = await addUser(server.app, 'anna', 'user');
  bert = await addUser(server.app, 'bert', 'user');
  const shops = {
    fetch: new Workshop(server.app, 'fetch', 'files'),
    write: new Workshop(server.app, 'write', 'text'),
  };
  for (const [title, kind, label, group, days, good] of ROWS) {
    const shop = shops[kind];
    const tags: Record<string, string> = group === undefined ? {} : { group };
    const origin = { dialect: 'test', params: { title }, tags };
    const id = await shop.submit(
      anna,
      label === undefined ? { title, origin } : { title, label, origin },
    );
    if (good) await shop.complete(id);
    else await shop.fail(id, new Error('torn'));
    await ended(shop, anna, id);
    await server.app
      .get(DataSource)
      .query('UPDATE jobs SET "createdAt" = ? WHERE "id" = ?', [noon(days).getTime(), id]);
  }
  const theirs = await shops.fetch.submit(bert, { title: 'red apple', label: 'Secret' });
  await shops.fetch.complete(theirs);
  await ended(shops.fetch, bert, theirs);
});

afterAll(async () => {
  await server.close();
});

async function titles(query: Partial<JobListQuery>): Promise<string[]> {
  const { jobs, total } = await history.list(ownerOf(anna), { limit: 50, ...query });
  expect(total).toBe(jobs.length);
  return jobs.map(({ prompt }) => prompt);
}

describe('a list of jobs', () => {
  const all = ROWS.map(([title]) => title).toReversed();

  it.each<[string, OwnFilter, string[]]>([
    ['everything', {}, all],
    ['nothing chosen', { states: [], kinds: [], labels: [] }, all],
    ['one state', { states: ['failed'] }, ['red castle', 'green pear']],
    ['several states', { states: ['failed', 'completed'] }, all],
    ['one kind', { kinds: ['write'] }, ['red castle', 'old castle']],
    ['several kinds', { kinds: ['write', 'fetch'] }, all],
    ['a label', { labels: ['Fruit'] }, ['red castle', 'green pear', 'red apple']],
    [
      'several labels',
      { labels: ['Fruit', 'Été'] },
      ['red castle', 'old castle', 'green pear', 'red apple'],
    ],
    ['a tag', { tag: { name: 'group', value: 'g2' } }, ['red castle', 'blue castle']],
    ['words', { search: 'castle' }, ['red castle', 'blue castle', 'old castle']],
    ['words and a kind', { search: 'castle', kinds: ['fetch', 'upscale'] }, ['blue castle']],
    ['words and a label', { search: 'red', labels: ['Fruit'] }, ['red castle', 'red apple']],
    ['words and a label with accents', { search: 'castle', labels: ['Été'] }, ['old castle']],
    ['words and a tag', { search: 'red', tag: { name: 'group', value: 'g1' } }, ['red apple']],
    [
      'after a moment',
      { from: noon(2) },
      ['small river', 'red castle', 'blue castle', 'old castle'],
    ],
    ['before a moment', { to: noon(2) }, ['green pear', 'red apple']],
    ['words between moments', { search: 'castle', from: noon(2), to: noon(1) }, ['old castle']],
  ])('can be narrowed to %s', async (_, filter, expected) => {
    expect(await titles(filter)).toEqual(expected);
  });

  it('comes in parts, from either end', async () => {
    const caller = ownerOf(anna);
    const part = await history.list(caller, { limit: 2, offset: 3 });
    expect(part.total).toBe(6);
    expect(part.jobs.map(({ prompt }) => prompt)).toEqual(['old castle', 'green pear']);
    const first = await history.list(caller, { limit: 1, sort: 'asc' });
    expect(first.jobs[0]).toMatchObject({
      prompt: 'red apple',
      label: 'Fruit',
      origin: { dialect: 'test', params: { title: 'red apple' }, tags: { group: 'g1' } },
    });
  });

  it('comes day by day, with the number of each day', async () => {
    const { days, total } = await history.days(ownerOf(anna), {
      limit: 4,
      kinds: ['fetch', 'write'],
    });
    expect(total).toBe(6);
    expect(
      days.map(({ day, count, jobs }) => [day, count, jobs.map(({ prompt }) => prompt)]),
    ).toEqual([
      [dayOf(noon(1)), 3, ['small river', 'red castle', 'blue castle']],
      [dayOf(noon(2)), 1, ['old castle']],
    ]);
    const words = await history.days(ownerOf(anna), { limit: 1, search: 'red' });
    expect(words).toMatchObject({ days: [{ day: dayOf(noon(1)), count: 1 }], total: 2 });
    expect(await history.days(ownerOf(anna), { limit: 5, search: 'nothing' })).toEqual({
      days: [],
      total: 0,
    });
  });

  it('counts what is in each state', async () => {
    expect(await history.counts(ownerOf(anna))).toEqual({
      queued: 0,
      processing: 0,
      completed: 4,
      failed: 2,
      cancelled: 0,
    });
    expect(await history.counts(ownerOf(anna), ['write'])).toMatchObject({
      completed: 1,
      failed: 1,
    });
  });

  it('knows the titles that its user gave, each once', async () => {
    expect(await history.labels(ownerOf(anna))).toEqual(['Fruit', 'Été']);
  });

  it('should not show the jobs of another user', async () => {
    const { jobs, total } = await history.list(ownerOf(bert), { limit: 50 });
    expect([total, jobs.map(({ label }) => label)]).toEqual([1, ['Secret']]);
    expect(await history.labels(ownerOf(bert))).toEqual(['Secret']);
    const tag = { name: 'group', value: 'g1' };
    expect(await history.list(ownerOf(bert), { limit: 50, tag })).toEqual({ jobs: [], total: 0 });
  });
});
