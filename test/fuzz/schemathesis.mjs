import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir } from '../../scripts/lib/paths.mjs';
import { runStep } from '../../scripts/lib/step.mjs';

const VERSION = '4.32.5';

const folder = join(cacheDir(), `schemathesis-${VERSION}`);

/** The fuzzer's program. */
export const schemathesis = join(folder, 'bin/schemathesis');

export const isInstalled = () => existsSync(schemathesis);

/** Puts the fuzzer into a Python environment of its own, outside the project. */
export async function install() {
  if (isInstalled()) return;
  await runStep({
    title: 'making a Python environment',
    name: 'fuzz-venv',
    command: 'python3',
    args: ['-m', 'venv', folder],
    advice: 'The fuzzer needs Python 3.10 or newer with venv (Debian: python3-venv).',
  });
  await runStep({
    title: 'installing the fuzzer',
    name: 'fuzz-pip',
    command: join(folder, 'bin/pip'),
    args: ['install', '--quiet', `schemathesis==${VERSION}`],
    advice: 'Check that the Python package index can be reached, then run the same command again.',
  });
}
