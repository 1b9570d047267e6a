// Builds the dashboard into web/dist: first its client, from the description of the API.
import { createClient } from '@hey-api/openapi-ts';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'vite';
import { root } from './lib/paths.mjs';
import { runMain } from './lib/step.mjs';

await runMain(async () => {
  process.chdir(join(root, 'web'));
  const { default: config } = await import(
    pathToFileURL(join(root, 'web/openapi-ts.config.ts')).href
  );
  await createClient(await config);
  if (process.argv.includes('--client')) return;
  await build({ configFile: join(root, 'web/vite.config.ts') });
});
