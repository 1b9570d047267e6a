import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

function findUp(folder: string, name: string): string {
  if (existsSync(join(folder, name))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error(`No ${name} above ${import.meta.dirname}.`);
  return findUp(parent, name);
}

/** The folder that holds package.json, native/, models/ and config/, from the sources and from the build alike. */
export const PACKAGE_ROOT = findUp(import.meta.dirname, 'package.json');
