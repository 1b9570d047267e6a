import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OwnJobs } from '../../src/queue/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { addUser } from '../support/auth.js';
import { ownerOf, Workshop } from '../support/workshop.js';

let server: TestApp;
let own: OwnJobs;
let shop: Workshop;
let files: Workshop;
let anna: string;
let bert: string;

beforeEach(async () => {
  server = await createTestApp({ env: { ATELIER_DRAIN_SECONDS: '0' } });
  own = server.app.get(OwnJobs);
  shop = new Workshop(server.app, 'draw');
  files = new Workshop(server.app, 'fetch', 'files');
  anna = await addUser(server.app, 'anna', 'user');
  bert = await addUser(server.app, 'bert', 'user');
});

afterEach(async () => {
  await server.close();
});

describe('what one has in work', () => {
  it('is what runs, else what is next, else nothing', async () => {
    expect(await own.current(ownerOf(anna))).toBeUndefined();
    const theirs = await shop.submit(bert);
    const first = await shop.submit(anna);
    const second = await shop.submit(anna);
    const job = await shop.running(theirs);
    job.report({ phase: 'sampling', step: 3, totalSteps: 8 });
    expect(await own.current(ownerOf(bert))).toMatchObject({
      id: theirs,
      status: 'processing',
      phase: 'sampling',
      current_step: 3,
      total_steps: 8,
    });
    expect(await own.current(ownerOf(anna))).toMatchObject({
      id: first,
      status: 'queued',
      position: 1,
    });
    await shop.complete(theirs);
    await shop.running(first);
    expect(await own.current(ownerOf(anna))).toMatchObject({ id: first, status: 'processing' });
    await shop.complete(first);
    await shop.running(second);
    expect(await own.current(ownerOf(anna), { kinds: ['fetch'] })).toBeUndefined();
    expect(await own.current(ownerOf(bert))).toBeUndefined();
  });

  it('is asked for lane by lane', async () => {
    const id = await files.submit(anna);
    await files.running(id);
    expect(await own.current(ownerOf(anna))).toBeUndefined();
    expect(await own.current(ownerOf(anna), { lane: 'files' })).toMatchObject({ id });
  });
});

describe('interrupting', () => {
  it('ends what one has in progress, and leaves what waits', async () => {
    const first = await shop.submit(anna);
    const second = await shop.submit(anna);
    await shop.running(first);
    expect(await own.interrupt(ownerOf(anna))).toEqual([first]);
    expect(await shop.job(anna, first)).toMatchObject({ status: 'cancelled', error: null });
    await shop.running(second);
    await shop.complete(second);
  });

  it('does nothing where nothing runs', async () => {
    expect(await own.interrupt(ownerOf(anna))).toEqual([]);
  });

  it('should not end the job of another user', async () => {
    const theirs = await shop.submit(bert);
    const mine = await shop.submit(anna);
    await shop.running(theirs);
    expect(await own.interrupt(ownerOf(anna))).toEqual([]);
    expect(await shop.job(bert, theirs)).toMatchObject({ status: 'processing' });
    expect(await shop.job(anna, mine)).toMatchObject({ status: 'queued' });
  });
});

describe('the picture in the making', () => {
  it('is kept while its job is in progress', async () => {
    const id = await shop.submit(anna);
    const job = await shop.running(id);
    expect(own.preview(id)).toBeUndefined();
    const jpeg = Uint8Array.of(0xff, 0xd8);
    job.report({ step: 4, totalSteps: 8 });
    job.report({ preview: { jpeg, width: 64, height: 32 } });
    job.report({ step: 5 });
    expect(own.preview(id)).toEqual({ jpeg, width: 64, height: 32, step: 4 });
    await shop.complete(id);
    await shop.running(await shop.submit(anna));
    expect(own.preview(id)).toBeUndefined();
  });
});
