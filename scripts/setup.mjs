// Brings the project up to date: `npm run setup [-- --no-native] [-- --no-text] [-- --quiet]`.
// `--check` only says whether it could start; `--installed` is npm's note after an installation.
import { parseArgs } from 'node:util';
import { assertSetUp, recordPackages, setUp } from './lib/set-up.mjs';
import { duration, runMain } from './lib/step.mjs';

const { values } = parseArgs({
  options: {
    'no-native': { type: 'boolean', default: false },
    'no-text': { type: 'boolean', default: false },
    quiet: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    installed: { type: 'boolean', default: false },
  },
});

await runMain(async () => {
  if (values.installed) return recordPackages();
  if (values.check) return assertSetUp();
  const start = Date.now();
  const done = await setUp({ native: !values['no-native'], text: !values['no-text'] });
  if (values.quiet) return;
  const what = done.length > 0 ? `Set up (${done.join(', ')})` : 'Nothing to do';
  console.log(`${what}: ${duration(Date.now() - start)}.`);
});
