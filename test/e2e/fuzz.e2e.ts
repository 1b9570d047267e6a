import { describe, expect, it } from 'vitest';
import { fuzz } from '../fuzz/fuzz.mjs';
import { isInstalled } from '../fuzz/schemathesis.mjs';

/** Random requests for each operation: more than five hundred in all. */
const EXAMPLES = 25;

/** The same requests each time: a change is judged by what it changes, not by luck. */
const SEED = '20251121';

describe('requests made up from the description of the API', () => {
  it.skipIf(!isInstalled())(
    'are answered as it says, and never with a fault of ours (npm run fuzz sends thousands)',
    { timeout: 300_000 },
    async ({ annotate }) => {
      const { passed, total, faults, output } = await fuzz({
        examples: EXAMPLES,
        phases: 'fuzzing',
        quiet: true,
        seed: SEED,
      });
      await annotate(`${total} requests`);
      expect(faults).toEqual([]);
      expect({ passed, output: passed ? '' : output }).toEqual({ passed: true, output: '' });
      expect(total).toBeGreaterThan(500);
    },
  );
});
