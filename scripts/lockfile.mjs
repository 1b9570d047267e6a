// Completes package-lock.json after `npm install`; see scripts/lib/platform-packages.mjs for why.
import { readFileSync, writeFileSync } from 'node:fs';
import { withPlatformPackages } from './lib/platform-packages.mjs';

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));
const before = Object.keys(lock.packages).length;
lock.packages = withPlatformPackages(lock.packages);
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(
  `package-lock.json: ${Object.keys(lock.packages).length - before} platform packages added`,
);
