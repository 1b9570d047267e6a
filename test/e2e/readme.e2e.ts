import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../src/common/index.js';
import { temporaryFolder } from '../support/folder.js';
import { PASSWORD, sharedServer } from '../support/server.js';

const run = promisify(execFile);
const server = sharedServer();

/** The shell lines of a section of the README, as they stand. */
async function linesOf(heading: string): Promise<string> {
  const readme = await readFile(join(PACKAGE_ROOT, 'README.md'), 'utf8');
  const section = readme.split(`## ${heading}\n`)[1]!.split('\n## ')[0]!;
  return /```sh\n(.*?)```/s.exec(section)![1]!;
}

it('the curl lines of the README log in, ask, wait, and fetch a picture', async () => {
  const folder = await temporaryFolder();
  try {
    await run('bash', ['-euc', await linesOf('A picture with curl')], {
      cwd: folder.path,
      env: { PATH: process.env['PATH'], ATELIER: server().url, ATELIER_PASSWORD: PASSWORD },
      timeout: 60_000,
    });
    const picture = await sharp(join(folder.path, 'apple.png')).metadata();
    expect(picture).toMatchObject({ format: 'png', width: 128, height: 128 });
  } finally {
    await folder.remove();
  }
});

it('every npm script that the README names is there', async () => {
  const readme = await readFile(join(PACKAGE_ROOT, 'README.md'), 'utf8');
  const { scripts } = JSON.parse(await readFile(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const named = Array.from(readme.matchAll(/npm (?:run )?(?!exec)([a-z:]+)/g), ([, name]) => name!);
  expect(named).toContain('demo');
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});
