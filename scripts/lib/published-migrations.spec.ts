import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { extendedList, LIST, migrationFaults } from './published-migrations.mjs';

const NAME = '1000-first.ts';

let root: string;

const put = (name: string, text: string): void =>
  writeFileSync(join(root, 'migrations', name), text);

const publish = (): void => writeFileSync(join(root, LIST), extendedList(root));

function git(...args: string[]): void {
  const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.org'];
  execFileSync('git', [...who, ...args], { cwd: root });
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'atelier-migrations-'));
  mkdirSync(join(root, 'migrations'));
  put(NAME, 'export const one = 1;');
  publish();
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

it('the migrations of this repository are as they were published', () => {
  const repository = join(import.meta.dirname, '../..');
  expect(migrationFaults(repository)).toEqual([]);
  expect(readFileSync(join(repository, LIST), 'utf8')).toBe(extendedList(repository));
});

it('a migration that is edited or removed after it was published is refused, a new one is not', () => {
  put('2000-second.ts', 'export const two = 2;');
  expect(migrationFaults(root)).toEqual([]);
  put(NAME, 'export const one = 2;');
  expect(migrationFaults(root)).toEqual([expect.stringContaining(`${NAME} was edited`)]);
  // Making the list again does not hide it.
  publish();
  expect(migrationFaults(root)).toEqual([expect.stringContaining(`${NAME} was edited`)]);
  rmSync(join(root, 'migrations', NAME));
  expect(migrationFaults(root)).toEqual([
    expect.stringContaining(`${NAME} was published and is gone`),
  ]);
});

it('a list that is edited with its migration is refused by what was committed', () => {
  git('init', '-q');
  git('add', '-A');
  git('commit', '-qm', 'first');
  put(NAME, 'export const one = 2;');
  rmSync(join(root, LIST));
  publish();
  git('add', '-A');
  git('commit', '-qm', 'second');
  expect(migrationFaults(root)).toEqual([expect.stringContaining(`${NAME} was edited`)]);
});
