import swc from 'unplugin-swc';
import { defineConfig } from 'vitest/config';
import type { TestProjectInlineConfiguration } from 'vitest/config';

/** Tests that only need Node and a directory: two files at a time. */
const light = { maxWorkers: 2, sequence: { groupOrder: 0 } };

/** Tests that run an engine or a server: one file at a time, one tier after the other. */
function heavy(groupOrder: number) {
  return { fileParallelism: false, maxWorkers: 1, sequence: { groupOrder } };
}

function tier(
  name: string,
  include: string[],
  options: NonNullable<TestProjectInlineConfiguration['test']>,
): TestProjectInlineConfiguration {
  return { extends: true, test: { name, include, ...options } };
}

export default defineConfig({
  plugins: [swc.vite()],
  test: {
    environment: 'node',
    pool: 'forks',
    restoreMocks: true,
    unstubEnvs: true,
    projects: [
      tier(
        'unit',
        [
          'src/**/*.spec.ts',
          'web/src/**/*.spec.ts',
          'migrations/**/*.spec.ts',
          'scripts/**/*.spec.ts',
        ],
        {
          ...light,
          testTimeout: 10_000,
          hookTimeout: 10_000,
        },
      ),
      tier('medium', ['test/medium/**/*.medium.ts'], {
        ...light,
        testTimeout: 60_000,
        hookTimeout: 60_000,
      }),
      tier('contract', ['test/contract/**/*.contract.ts'], {
        ...light,
        testTimeout: 60_000,
        hookTimeout: 60_000,
      }),
      tier('engine', ['test/engine/**/*.engine.ts'], {
        ...heavy(1),
        testTimeout: 120_000,
        hookTimeout: 120_000,
      }),
      tier('e2e', ['test/e2e/**/*.e2e.ts'], {
        ...heavy(2),
        testTimeout: 120_000,
        hookTimeout: 120_000,
      }),
      tier('clients', ['test/clients/**/*.client.ts'], {
        ...heavy(3),
        testTimeout: 180_000,
        hookTimeout: 120_000,
      }),
      tier('browser', ['test/browser/**/*.browser.ts'], {
        ...heavy(4),
        testTimeout: 120_000,
        hookTimeout: 120_000,
      }),
      tier('faults', ['test/faults/**/*.faults.ts'], {
        ...heavy(5),
        testTimeout: 180_000,
        hookTimeout: 120_000,
      }),
      tier('attacks', ['test/attacks/**/*.attack.ts'], {
        ...heavy(6),
        testTimeout: 180_000,
        hookTimeout: 120_000,
      }),
      // Minutes each: `npm run attacks`, not `npm test`.
      tier('long-attacks', ['test/attacks/**/*.long.ts'], {
        ...heavy(7),
        testTimeout: 1_800_000,
        hookTimeout: 120_000,
      }),
    ],
  },
});
