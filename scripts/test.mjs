// `npm test`: set-up, static checks and every test; the last line is `N passed, N failed`.
import { runTests } from './lib/run-tests.mjs';
import { runMain } from './lib/step.mjs';

await runMain(() =>
  runTests({
    light: ['unit', 'medium', 'contract'],
    heavy: ['engine', 'e2e', 'clients', 'browser', 'faults', 'attacks'],
  }),
);
