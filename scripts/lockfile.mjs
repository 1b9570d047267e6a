// Completes the lockfiles after `npm install`; see scripts/lib/platform-packages.mjs for why.
import { readFileSync, writeFileSync } from 'node:fs';
import { withPlatformPackages } from './lib/platform-packages.mjs';

for (const name of ['package-lock.json', 'llama/package-lock.json']) {
  const file = new URL(`../${name}`, import.meta.url);
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const before = Object.keys(lock.packages).length;
  lock.packages = withPlatformPackages(lock.packages);
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  const added = Object.keys(lock.packages).length - before;
  console.log(`${name}: ${added} platform packages added`);
}
