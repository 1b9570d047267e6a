import { describe, expect, it } from 'vitest';
import type { JobView } from '../../api/generated/types.gen.js';
import { aheadOf, inLane, reasonOf } from './waiting.js';

let made = 0;

function job(change: Partial<JobView> = {}): JobView {
  made += 1;
  return {
    id: `job-${made}`,
    kind: 'text2img',
    status: 'queued',
    prompt: `picture ${made}`,
    label: null,
    model: 'tiny',
    position: null,
    lane: 'engine',
    after: null,
    ...change,
  } as JobView;
}

const [ANNA, BERT, ME] = ['anna', 'bert', 'me'].map((name) => ({ id: name, username: name }));

describe('inLane', () => {
  it('gives the waiting jobs of a lane in the order of work', () => {
    const jobs = [
      job({ id: 'b', position: 2 }),
      job({ id: 'a', position: 1 }),
      job({ id: 'x', position: 1, lane: 'files' }),
      job({ id: 'r', status: 'processing' }),
    ];
    expect(inLane(jobs, 'engine', 'queued').map(({ id }) => id)).toEqual(['a', 'b']);
    expect(inLane(jobs, 'files', 'queued').map(({ id }) => id)).toEqual(['x']);
    expect(inLane(jobs, 'engine', 'processing').map(({ id }) => id)).toEqual(['r']);
  });
});

describe('aheadOf', () => {
  it('counts the jobs of others for who may see only their own', () => {
    const mine = job({ position: 5 });
    const jobs = [job({ position: 2 }), mine, job({ position: 1, lane: 'files' })];
    expect(aheadOf(mine, { jobs, running: true, userId: 'me' })).toEqual({
      total: 4,
      mine: 1,
      known: [],
      unknown: 3,
    });
  });

  it('names the owners, the most first, for who may see the jobs of all', () => {
    const mine = job({ position: 6, owner: ME });
    const before = [BERT, ANNA, ANNA, ME].map((owner, index) =>
      job({ position: index + 1, owner }),
    );
    const jobs = [...before, mine, job({ position: 7, owner: BERT })];
    expect(aheadOf(mine, { jobs, running: true, userId: 'me' })).toEqual({
      total: 5,
      mine: 1,
      known: [
        ['anna', 2],
        ['bert', 1],
      ],
      unknown: 1,
    });
  });
});

describe('reasonOf', () => {
  const known = { running: true, userId: 'me' };

  it('names the job that must be done before, while that is to come', () => {
    const first = job({ label: 'the download', status: 'processing', lane: 'files' });
    const second = job({ after: first.id, position: 3, lane: 'files' });
    expect(reasonOf(second, { ...known, jobs: [first, second] })).toBe(
      'Waits until “the download” is done.',
    );
    const done = { ...first, status: 'completed' as const };
    expect(reasonOf(second, { ...known, jobs: [done, second] })).toBe(
      'After 2 waiting jobs: 2 of others.',
    );
  });

  it('says whose jobs come before', () => {
    const mine = job({ position: 3 });
    expect(reasonOf(mine, { ...known, jobs: [job({ position: 1 }), mine] })).toBe(
      'After 2 waiting jobs: 1 of yours, 1 of others.',
    );
  });

  it('names the job in progress for the next one, where it may be seen', () => {
    const running = job({ status: 'processing', prompt: 'a boat' });
    const next = job({ position: 1 });
    expect(reasonOf(next, { ...known, jobs: [running, next] })).toBe(
      'Next, as soon as “a boat” is done.',
    );
    expect(reasonOf(next, { ...known, jobs: [next] })).toBe('Next, as soon as the engine is free.');
    const file = job({ position: 1, lane: 'files' });
    expect(reasonOf(file, { ...known, jobs: [file] })).toBe('Next, as soon as a place is free.');
  });

  it('says when no job is taken into work', () => {
    const mine = job({ position: 1 });
    expect(reasonOf(mine, { jobs: [mine], running: false, userId: 'me' })).toBe(
      'The server takes no job into work at the moment.',
    );
  });
});
