import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { childEnvironment } from './child-environment.js';
import { PACKAGE_ROOT } from './package-root.js';
import { VERSION } from './version.js';

const run = promisify(execFile);

/** What the sources were that this program was made of. */
export interface BuildInfo {
  /** `release`: built from the commit that is tagged with the version, without changes. */
  type: 'release' | 'development';
  /** `unknown` where it was built outside a git checkout. */
  commit: { short: string; full: string };
  branch: string;
  /** No file differed from the commit. */
  clean: boolean;
  /** ISO 8601 in UTC. */
  build_time: string;
}

/** Characters of a short commit. */
const SHORT = 7;

async function git(...args: string[]): Promise<string> {
  const { stdout } = await run('git', args, { cwd: PACKAGE_ROOT, env: childEnvironment() });
  return stdout.trim();
}

/** Reads what git says of the working tree; without git all of it is unknown. */
export async function readGit(now = new Date()): Promise<BuildInfo> {
  const build_time = now.toISOString();
  try {
    const [full, branch, changes, tags] = await Promise.all([
      git('rev-parse', 'HEAD'),
      git('rev-parse', '--abbrev-ref', 'HEAD'),
      git('status', '--porcelain', '--untracked-files=no'),
      git('tag', '--points-at', 'HEAD'),
    ]);
    const clean = changes === '';
    const release = clean && tags.split('\n').includes(`v${VERSION}`);
    const commit = { short: full.slice(0, SHORT), full };
    return { type: release ? 'release' : 'development', commit, branch, clean, build_time };
  } catch {
    const commit = { short: 'unknown', full: 'unknown' };
    return { type: 'development', commit, branch: 'unknown', clean: false, build_time };
  }
}

/** Where the build writes it; sources that run unbuilt have no such file beside them. */
const FILE = join(import.meta.dirname, '../../build-info.json');

/** What was written at build time; read from git where nothing was built. */
export async function readBuildInfo(): Promise<BuildInfo> {
  const text = await readFile(FILE, 'utf8').catch(() => undefined);
  return text === undefined ? readGit() : (JSON.parse(text) as BuildInfo);
}
