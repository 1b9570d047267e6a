import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PACKAGE_ROOT } from './package-root.js';

/**
 * The program of a worker thread that lies beside a module, by its name without an ending. Threads run what was
 * built, also where the sources themselves run, as in tests.
 * @param url `import.meta.url` of the module
 */
export function workerFile(url: string, name: string): string {
  const folder = fileURLToPath(new URL('.', url));
  const isSource = fileURLToPath(url).endsWith('.ts');
  const built = isSource ? join(PACKAGE_ROOT, 'dist', relative(PACKAGE_ROOT, folder)) : folder;
  return join(built, `${name}.js`);
}
