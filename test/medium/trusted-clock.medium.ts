import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Config } from '../../src/config/index.js';
import { Retention } from '../../src/files/index.js';
import { RecycleBin } from '../../src/queue/index.js';
import { TrustedClock } from '../../src/storage/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { bearer, send, tokenOf } from '../support/auth.js';
import { temporaryFolder, type TemporaryFolder } from '../support/folder.js';
import { jobEnd, submitted } from '../support/jobs.js';

const DAY_MS = 24 * 3600 * 1000;
const AHEAD_MS = 400 * DAY_MS;

const ENV = { ATELIER_KEEP_DAYS: '30', ATELIER_BIN_MINUTES: '10080' };

let folder: TemporaryFolder;
let kept: string;
let binned: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  await run(ENV, async ({ app }) => {
    const token = await tokenOf(app);
    [kept, binned] = [await submitted(app, token), await submitted(app, token)];
    for (const id of [kept, binned]) await jobEnd(app, token, id);
    await send(app, 'POST', '/api/queue/bin', bearer(token), { ids: [binned] });
  });
});

afterEach(async () => {
  vi.useRealTimers();
  await folder.remove();
});

async function run(
  env: Record<string, string>,
  work: (server: TestApp) => Promise<void>,
): Promise<void> {
  const server = await createTestApp({ dataDir: folder.path, env });
  try {
    await work(server);
  } finally {
    await server.close();
  }
}

async function sweep({ app }: TestApp): Promise<void> {
  await app.get(Retention).sweep();
  await app.get(RecycleBin, { strict: false }).sweep();
}

const outputsOf = (id: string): boolean =>
  existsSync(join(folder.path, 'outputs', id, 'image_0.png'));

function setClock(moment: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: moment });
}

describe('a clock 400 days ahead', () => {
  it('removes nothing at a start, nor at the next, and all is there when it is right again', async () => {
    const today = Date.now();
    for (let start = 0; start < 2; start += 1) {
      setClock(today + AHEAD_MS + start * 60_000);
      await run(ENV, sweep);
      expect([outputsOf(kept), outputsOf(binned)]).toEqual([true, true]);
    }
    setClock(today + 60_000);
    await run(ENV, sweep);
    expect([outputsOf(kept), outputsOf(binned)]).toEqual([true, true]);
  });

  it('is believed at once where the operator says so', async () => {
    setClock(Date.now() + AHEAD_MS);
    await run({ ...ENV, ATELIER_CLOCK_PATIENCE_HOURS: '0' }, sweep);
    expect([outputsOf(kept), outputsOf(binned)]).toEqual([false, false]);
  });
});

describe('the time that removals go by', () => {
  const HOUR_MS = DAY_MS / 24;
  const config = (): Config =>
    ({ storage: { dataDir: folder.path, clockPatienceHours: 24 } }) as unknown as Config;

  function opened(moment: number): TrustedClock {
    vi.useFakeTimers({
      toFake: ['Date', 'performance', 'setInterval', 'clearInterval'],
      now: moment,
    });
    const clock = new TrustedClock(config());
    clock.onApplicationBootstrap();
    return clock;
  }

  it('follows a clock that went ahead once the server has run for a day with it, over a restart too', () => {
    const today = Date.now();
    const first = opened(today + AHEAD_MS);
    expect(first.now() - today).toBeLessThan(DAY_MS);
    vi.advanceTimersByTime(20 * HOUR_MS);
    expect(first.now() - today).toBeLessThan(2 * DAY_MS);
    first.onModuleDestroy();
    const second = opened(today + AHEAD_MS + 20 * HOUR_MS);
    expect(second.now() - today).toBeLessThan(2 * DAY_MS);
    vi.advanceTimersByTime(5 * HOUR_MS);
    expect(second.now() - today).toBeGreaterThan(AHEAD_MS);
    second.onModuleDestroy();
  });

  it('follows a clock that goes on as clocks do', () => {
    const today = Date.now();
    const clock = opened(today);
    vi.advanceTimersByTime(3 * DAY_MS);
    expect(clock.now() - today).toBeGreaterThanOrEqual(3 * DAY_MS);
    clock.onModuleDestroy();
  });
});
