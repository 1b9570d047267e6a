// `npm run check`: what to run before a commit; the same checks as `npm test`, and the fast tests.
import { runTests } from './lib/run-tests.mjs';
import { runMain } from './lib/step.mjs';

await runMain(() => runTests({ light: ['unit', 'medium', 'contract'], heavy: [] }));
