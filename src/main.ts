import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// Before anything else is loaded: compiling all the packages anew would be a third of the start. Beside
// the packages and not in the temporary folder, where others could leave us what we would run.
enableCompileCache(join(import.meta.dirname, '../../node_modules/.cache/compiled'));
await import('./start.js');
