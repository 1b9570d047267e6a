import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir } from './paths.mjs';
import { readStamp, writeStamp } from './stamp.mjs';
import { runStep } from './step.mjs';
import { ensurePython } from './system-packages.mjs';

/** Packages of Python for the tests, in an environment of their own outside the project. */
export class PythonEnvironment {
  /**
   * @param {string} name of the folder in the cache
   * @param {string[]} packages with their versions, such as `requests==2.34.2`
   */
  constructor(name, packages) {
    this.name = name;
    this.packages = packages;
    this.folder = join(cacheDir(), name);
    this.stamp = join(this.folder, '.atelier-packages');
  }

  /** @param {string} name */
  program(name) {
    return join(this.folder, 'bin', name);
  }

  isInstalled() {
    return existsSync(this.program('python')) && readStamp(this.stamp) === this.packages.join(' ');
  }

  /** @throws {import('./step.mjs').StepError} naming what is missing, and how to get it */
  async install() {
    if (this.isInstalled()) return;
    await ensurePython();
    await runStep({
      title: `making a Python environment for ${this.name}`,
      name: `${this.name}-venv`,
      command: 'python3',
      args: ['-m', 'venv', '--clear', this.folder],
      advice: 'The tests need Python 3.10 or newer with venv (Debian: python3-venv).',
    });
    await runStep({
      title: `installing ${this.name}`,
      name: `${this.name}-pip`,
      command: this.program('python'),
      args: ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...this.packages],
      advice:
        'Check that the Python package index can be reached, then run the same command again.',
    });
    writeStamp(this.stamp, this.packages.join(' '));
  }
}
