// The last step of a build: writes what was built into dist/build-info.json.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './lib/paths.mjs';
import { runMain } from './lib/step.mjs';

await runMain(async () => {
  const module = join(root, 'dist/src/common/build-info.js');
  const { readGit } = await import(pathToFileURL(module).href);
  writeFileSync(join(root, 'dist/build-info.json'), `${JSON.stringify(await readGit())}\n`);
});
