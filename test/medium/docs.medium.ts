import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { buildCli } from '../../src/cli/run-cli.js';
import { PACKAGE_ROOT } from '../../src/common/index.js';
import { configReference } from '../../src/config/index.js';

const PAGES = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: PACKAGE_ROOT })];
const FOLDERS = 'bench|config|docs|migrations|models|native|scripts|src|test';

/** Variables that are no settings of the server, and what they are. */
const OTHER_VARIABLES = [
  // Says where the configuration file is.
  'ATELIER_CONFIG',
  // For those who work at the dashboard.
  'ATELIER_ADDRESS',
  // For those who build the engine.
  'ATELIER_ENGINE_FEATURES',
  // Of the reader's own shell, in the README.
  'ATELIER_PASSWORD',
  // Of the reader's own program, in the page about OpenAI's API.
  'ATELIER_KEY',
  // A misspelt one, to show what is said of it.
  'ATELIER_PROT',
];

interface Named {
  page: string;
  what: string;
}

function textOf(page: string): string {
  return readFileSync(join(PACKAGE_ROOT, page), 'utf8');
}

/** What the pages name in this form: the first group of the pattern. */
function named(pattern: RegExp): Named[] {
  return PAGES.flatMap((page) =>
    Array.from(textOf(page).matchAll(pattern), ([, what = '']) => ({ page, what })),
  );
}

function exists(page: string, path: string): boolean {
  const places = [dirname(page), '.', 'native'];
  return places.some((place) => globSync(path, { cwd: join(PACKAGE_ROOT, place) }).length > 0);
}

/** The command that the words begin with, and the flags behind it. */
function resolve(root: Command, words: string[]): { command: Command; flags: string[] } {
  let command = root;
  for (const word of words) {
    const next = command.commands.find((one) => one.name() === word);
    if (!next) break;
    command = next;
  }
  const flags = words.flatMap((word) => /^\[?(--[a-z-]+)/.exec(word)?.[1] ?? []);
  return { command, flags };
}

describe('the pages', () => {
  it('are looked at', () => {
    expect(PAGES.length).toBeGreaterThan(20);
  });

  it('link to files that are there', () => {
    const links = named(/\]\((?!https?:|#)([^)\s#]+)[^)]*\)/g);
    expect(links.length).toBeGreaterThan(10);
    expect(
      links.filter(({ page, what }) => !existsSync(join(PACKAGE_ROOT, dirname(page), what))),
    ).toEqual([]);
  });

  it('name files and folders that are there', () => {
    const paths = named(new RegExp(`\`((?:${FOLDERS})/[\\w./*-]+)\``, 'g'));
    expect(paths.length).toBeGreaterThan(60);
    expect(paths.filter(({ page, what }) => !exists(page, what))).toEqual([]);
  });

  it('hold the documented API against the description of ours', () => {
    const { paths } = JSON.parse(textOf('docs/openapi.json')) as {
      paths: Record<string, Record<string, object>>;
    };
    const rows = Array.from(
      textOf('docs/api-contract.md').matchAll(/^\| `([A-Z]+) (\/api\/[^`]+)` +\| `/gm),
      ([, method = '', path = '']) => ({ method: method.toLowerCase(), path }),
    );
    expect(rows).toHaveLength(34);
    expect(rows.filter(({ method, path }) => !paths[path]?.[method])).toEqual([]);
  });

  it('name scripts that package.json has', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: object };
    const runs = named(/\bnpm run ([\w:-]+)/g);
    expect(runs.length).toBeGreaterThan(10);
    expect(runs.filter(({ what }) => !Object.keys(scripts).includes(what))).toEqual([]);
  });

  it('name variables that the reference explains', () => {
    const reference = configReference();
    const variables = named(/\b((?:ATELIER|STABLE_DIFFUSION)_[A-Z0-9_]*[A-Z0-9])\b/g);
    expect(variables.length).toBeGreaterThan(50);
    const unknown = variables.filter(({ what }) => {
      const setting = what.replace(/_FILE$/, '');
      return !OTHER_VARIABLES.includes(what) && !reference.includes(`\`${setting}\``);
    });
    expect(unknown).toEqual([]);
  });

  it('name commands of `atelier` with flags that they take', () => {
    const nothing = (): never => {
      throw new Error('Nothing is run here.');
    };
    const root = buildCli({ serve: nothing, open: nothing });
    const commands = named(/`(?:npm exec )?atelier (?:-- )?([a-z][^`\n]*)`/g);
    expect(commands.length).toBeGreaterThan(15);
    const wrong = commands.filter(({ what }) => {
      const { command, flags } = resolve(root, what.split(/[\s,]+/));
      const taken = [...command.options, ...root.options].map(({ long }) => long);
      const ends = command !== root && command.commands.length === 0;
      return !ends || flags.some((flag) => flag !== '--help' && !taken.includes(flag));
    });
    expect(wrong).toEqual([]);
  });
});
