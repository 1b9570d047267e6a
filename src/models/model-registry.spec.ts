import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { loadConfig } from '../config/index.js';
import { EventBus } from '../events/index.js';
import type { FileRecords } from './file-records.js';
import { ModelRegistry } from './model-registry.js';
import type { ModelScanner } from './model-scanner.js';

/** How long one look takes here, in milliseconds. */
const LOOK_MS = 20;

class SlowScanner {
  looks = 0;

  async scan(): Promise<{ models: []; folders: []; problems: [] }> {
    this.looks += 1;
    await pause(LOOK_MS);
    return { models: [], folders: [], problems: [] };
  }
}

it('rests between the looks that anybody may ask for, and answers many askers by one', async () => {
  const scanner = new SlowScanner();
  const registry = new ModelRegistry(
    scanner as unknown as ModelScanner,
    {} as FileRecords,
    new EventBus(),
    loadConfig({}),
  );
  await registry.refreshInTurn();
  const begun = performance.now();
  await registry.refreshInTurn();
  await registry.refreshInTurn();
  // Each look is followed by a rest of five times its length.
  expect(performance.now() - begun).toBeGreaterThan(2 * 5 * (LOOK_MS - 2));
  expect(scanner.looks).toBe(3);
  await Promise.all(Array.from({ length: 50 }, () => registry.refreshInTurn()));
  expect(scanner.looks).toBeLessThan(10);
});
