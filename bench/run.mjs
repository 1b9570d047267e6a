// `npm run bench [name ...]`: all measurements, or the ones named.
import { readdirSync } from 'node:fs';
import { basename } from 'node:path';

const names = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.mjs') && name !== basename(import.meta.filename))
  .map((name) => basename(name, '.mjs'));
const wanted = process.argv.slice(2);
for (const name of wanted.length > 0 ? wanted : names) await import(`./${name}.mjs`);
