import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Update } from './demo-client.mjs';
import { jobTimes, pictureName, ProgressBar, progressLine, timeTable } from './demo-screen.mjs';
import { demoPassword, freePort } from './demo-server.mjs';

function update(given: Partial<Update>): Update {
  return {
    job_id: 'a',
    status: 'processing',
    progress: 0,
    current_step: 0,
    total_steps: 0,
    time_elapsed: 0,
    time_remaining: null,
    ...given,
  };
}

const halfWay = update({
  phase: 'sampling',
  progress: 0.5,
  current_step: 10,
  total_steps: 20,
  time_elapsed: 1200,
  time_remaining: 800,
});

describe('the progress bar', () => {
  it('says how far, what and how long', () => {
    expect(progressLine(halfWay)).toBe(
      `${'█'.repeat(14)}${'░'.repeat(14)}  50%  step 10/20  sampling, 1.2 s, about 0.8 s left`,
    );
  });

  it('writes one plain line for each step where there is no terminal', () => {
    const lines: string[] = [];
    const bar = new ProgressBar({ write: (text: string) => lines.push(text) });
    bar.show(update({ status: 'queued' }));
    bar.show(halfWay);
    bar.show({ ...halfWay, time_elapsed: 1300 });
    bar.show({ ...halfWay, current_step: 11 });
    bar.end();
    expect(lines).toHaveLength(3);
    expect(lines.join('')).not.toContain('\r');
  });
});

describe('jobTimes', () => {
  it('tells waiting, loading and drawing apart by the phases', () => {
    const moments = [
      { at: 110, update: update({ status: 'queued' }) },
      { at: 150, update: update({ phase: 'loading' }) },
      { at: 450, update: update({ phase: 'sampling' }) },
      { at: 950, update: update({ status: 'completed' }) },
    ];
    expect(jobTimes(100, moments).map(([, time]) => time)).toEqual([50, 300, 500]);
  });

  it('tells them apart by the first step where there are no phases', () => {
    const moments = [
      { at: 150, update: update({}) },
      { at: 450, update: update({ current_step: 1 }) },
      { at: 950, update: update({ status: 'completed' }) },
    ];
    expect(jobTimes(100, moments).map(([, time]) => time)).toEqual([50, 300, 500]);
  });
});

describe('timeTable', () => {
  it('adds up', () => {
    expect(
      timeTable([
        ['set-up', 1500],
        ['log in', 20],
      ]),
    ).toBe('  set-up       1.50 s\n  log in        20 ms\n  together     1.52 s');
  });
});

describe('pictureName', () => {
  it.each([
    ['red apple', 'demo-red-apple-42.png'],
    ['../../etc/passwd', 'demo-etc-passwd-42.png'],
    ['🍎', 'demo-picture-42.png'],
    ['a'.repeat(500), `demo-${'a'.repeat(40)}-42.png`],
  ])('makes %j a file name', (prompt, name) => {
    expect(pictureName(prompt, 42)).toBe(name);
  });
});

describe('the demo server', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'atelier-demo-'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('keeps one password, for its user alone', () => {
    const password = demoPassword(folder, {});
    expect(password.length).toBeGreaterThanOrEqual(20);
    expect(demoPassword(folder, {})).toBe(password);
    expect(statSync(join(folder, 'demo-password')).mode & 0o777).toBe(0o600);
    expect(demoPassword(folder, { ATELIER_ADMIN_PASSWORD: 'chosen' })).toBe('chosen');
  });

  it('takes the next port where one is taken', async () => {
    const taken = createServer();
    await new Promise<void>((done) => taken.listen(0, '127.0.0.1', done));
    const { port } = taken.address() as AddressInfo;
    expect(await freePort('127.0.0.1', port)).toBeGreaterThan(port);
    await new Promise((done) => taken.close(done));
  });
});
