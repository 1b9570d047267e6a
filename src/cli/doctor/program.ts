import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { childEnvironment, messageOf, PACKAGE_ROOT } from '../../common/index.js';
import { broken, good, wanting, type Finding } from './finding.js';

const run = promisify(execFile);

/** The first Node with all that is used here. */
const NODE = [22, 15] as const;

/** Milliseconds that a program may take to answer. */
const PATIENCE = 30_000;

export function node(version = process.versions.node): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isNewEnough = major > NODE[0] || (major === NODE[0] && minor >= NODE[1]);
  if (isNewEnough) return good(`Node.js ${version}`);
  return broken(
    `Node.js ${version} is too old: it must be ${NODE.join('.')} or newer.`,
    'Start through npm, which uses the Node.js that comes with the packages.',
  );
}

/** Loads the addon in a process of its own: what is wrong with it may end that process. */
const LOAD = `const { engineInfo } = require(process.argv[1]);
const { version, commit, devices } = engineInfo();
process.stdout.write(version + ' (' + commit + ') on ' + devices.map(({ name }) => name).join(', '));`;

export async function addon(path = join(PACKAGE_ROOT, 'native/index.js')): Promise<Finding> {
  try {
    const { stdout } = await run(process.execPath, ['-e', LOAD, path], {
      env: childEnvironment(),
      timeout: PATIENCE,
    });
    return good(`The image engine loads: ${stdout}`);
  } catch (error) {
    return broken(`The image engine does not load: ${reasonOf(error)}`, addonMend(reasonOf(error)));
  }
}

function reasonOf(error: unknown): string {
  const { stderr, signal } = error as { stderr?: string; signal?: string };
  const said = /^(?:\w*Error|\[cause\]): (.*)$/m.exec(stderr ?? '')?.[1];
  return said ?? (signal ? `its process ended by ${signal}` : messageOf(error));
}

function addonMend(reason: string): string {
  const [before = '', ...rest] = reason.split(': cannot open shared object file');
  const library = rest.length > 0 ? before.split(/[\s:]/).at(-1) : '';
  if (library) return `Install the system package that holds ${library}.`;
  return 'Run "npm run setup", which builds it and says what the build needs.';
}

export async function ffmpeg(program = 'ffmpeg'): Promise<Finding> {
  try {
    const { stdout } = await run(program, ['-version'], {
      env: childEnvironment(),
      timeout: PATIENCE,
    });
    return good(stdout.split('\n', 1)[0] ?? 'ffmpeg');
  } catch {
    return wanting(
      'There is no ffmpeg: videos are animated WebP, not MP4 or WebM.',
      'Install ffmpeg, for example with "apt-get install ffmpeg".',
    );
  }
}
