// `npm run fuzz`: thousands of requests made up from docs/openapi.json; `-- --examples 20` for fewer,
// `-- --dialect sdcpp` for another API of the server.
import { parseArgs } from 'node:util';
import { setUp } from '../../scripts/lib/set-up.mjs';
import { runMain, StepError } from '../../scripts/lib/step.mjs';
import { fuzz } from './fuzz.mjs';
import { install } from './schemathesis.mjs';

const { values } = parseArgs({
  options: {
    examples: { type: 'string', default: '60' },
    phases: { type: 'string', default: 'examples,coverage,fuzzing,stateful' },
    seed: { type: 'string' },
    dialect: { type: 'string', default: '' },
  },
});

await runMain(async () => {
  await setUp({ native: false });
  await install();
  const { examples, phases, seed, dialect } = values;
  const { passed, total, faults } = await fuzz({
    examples: Number(examples),
    phases,
    seed,
    dialect,
  });
  process.stdout.write(`${total} requests, ${faults.length} kinds of them answered with 5xx\n`);
  if (!passed || faults.length > 0) throw new StepError(faults.join('\n') || 'See above.');
});
