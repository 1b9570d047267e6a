import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

/**
 * What the addon needs from the machine, apart from Rust; `python` and `chromium` are for the tests.
 *
 * @typedef {'compiler' | 'cmake' | 'libclang' | 'pam' | 'python' | 'chromium'} Need
 * @typedef {'apt' | 'dnf' | 'brew'} Manager
 */

/** @type {Record<Need, string>} */
export const needNames = {
  compiler: 'a C and C++ compiler',
  cmake: 'cmake',
  libclang: 'libclang',
  pam: 'the PAM headers',
  python: 'Python 3 with venv',
  chromium: 'Chromium',
};

/** @type {Record<Manager, { install: string, packages: Record<Need, string[]> }>} */
const managers = {
  apt: {
    install: 'apt-get install -y',
    packages: {
      compiler: ['build-essential', 'pkg-config'],
      cmake: ['cmake'],
      libclang: ['libclang-dev'],
      pam: ['libpam0g-dev'],
      python: ['python3-venv'],
      chromium: ['chromium'],
    },
  },
  dnf: {
    install: 'dnf install -y',
    packages: {
      compiler: ['gcc-c++', 'make', 'pkgconf-pkg-config'],
      cmake: ['cmake'],
      libclang: ['clang-devel'],
      pam: ['pam-devel'],
      python: ['python3'],
      chromium: ['chromium'],
    },
  },
  brew: {
    install: 'brew install',
    packages: {
      compiler: ['gcc'],
      cmake: ['cmake'],
      libclang: ['llvm'],
      pam: [],
      python: ['python'],
      chromium: ['--cask', 'chromium'],
    },
  },
};

/**
 * The command that brings what is missing.
 *
 * @param {Manager} manager
 * @param {Need[]} missing
 * @param {{ sudo?: boolean, libclang?: string }} [options] `libclang` names the Debian package
 */
export function installCommand(manager, missing, { sudo = false, libclang } = {}) {
  const packages = missing.flatMap((need) =>
    need === 'libclang' && manager === 'apt' && libclang
      ? [libclang]
      : managers[manager].packages[need],
  );
  return `${sudo ? 'sudo ' : ''}${managers[manager].install} ${packages.join(' ')}`;
}

/**
 * The libclang to install: the one that the project is developed with, else the newest on offer.
 *
 * @param {string} offered output of `apt-cache search --names-only`
 * @returns {string | undefined}
 */
export function chooseLibclang(offered) {
  const versions = [...offered.matchAll(/^libclang-(\d+)-dev\b/gm)].map(([, version]) =>
    Number(version),
  );
  if (versions.length === 0) return undefined;
  return `libclang-${versions.includes(16) ? 16 : Math.max(...versions)}-dev`;
}

/**
 * @param {string} found such as `1.95.0`
 * @param {string} wanted such as `1.88`
 */
export function atLeast(found, wanted) {
  const [a, b] = [found, wanted].map((text) => text.split('.').map(Number));
  for (let i = 0; i < 3; i++) {
    const difference = (a?.[i] ?? 0) - (b?.[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/**
 * @param {string[]} programs any of these will do
 * @param {string} [path]
 * @returns {string | undefined} the full path of the first that is there
 */
export function findProgram(programs, path = process.env.PATH ?? '') {
  const folders = [...path.split(delimiter), join(homedir(), '.cargo/bin')].filter(Boolean);
  return programs
    .flatMap((program) => folders.map((folder) => join(folder, program)))
    .find((file) => existsSync(file));
}

/** @returns {string | undefined} the folder of libclang, for LIBCLANG_PATH */
export function findLibclang() {
  if (process.env.LIBCLANG_PATH) return process.env.LIBCLANG_PATH;
  const versioned = existsSync('/usr/lib')
    ? readdirSync('/usr/lib')
        .filter((name) => name.startsWith('llvm'))
        .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
        .map((name) => `/usr/lib/${name}/lib`)
    : [];
  const folders = [
    ...versioned,
    '/usr/lib64',
    '/usr/lib',
    '/usr/local/lib',
    '/opt/homebrew/opt/llvm/lib',
    '/usr/local/opt/llvm/lib',
    '/Library/Developer/CommandLineTools/usr/lib',
  ];
  return folders.find((folder) => {
    if (!existsSync(folder)) return false;
    return readdirSync(folder).some((name) => /^libclang(-\d+)?\.(so|dylib)/.test(name));
  });
}

/** @returns {Need[]} what lacks for making environments with packages of Python */
export function missingPython() {
  // Debian packs the two apart from Python itself.
  const { status } = spawnSync('python3', ['-c', 'import venv, ensurepip']);
  return status === 0 ? [] : ['python'];
}

const CHROMIUM = {
  programs: ['chromium', 'chromium-browser', 'google-chrome'],
  folder: '/Applications/Chromium.app/Contents/MacOS/Chromium',
};

/** @returns {string | undefined} the browser for tests: `ATELIER_CHROMIUM`, or the machine's own */
export function findChromium() {
  if (process.env.ATELIER_CHROMIUM) return process.env.ATELIER_CHROMIUM;
  return (
    findProgram(CHROMIUM.programs) ?? (existsSync(CHROMIUM.folder) ? CHROMIUM.folder : undefined)
  );
}

/** @returns {Need[]} what lacks for tests in a browser */
export function missingChromium() {
  return findChromium() ? [] : ['chromium'];
}

/** @returns {Need[]} what lacks for building the addon */
export function missingNeeds() {
  /** @type {[Need, boolean][]} */
  const found = [
    ['compiler', !!findProgram(['c++', 'g++', 'clang++']) && !!findProgram(['make', 'ninja'])],
    ['cmake', !!findProgram(['cmake'])],
    ['libclang', !!findLibclang()],
    ['pam', process.platform !== 'linux' || existsSync('/usr/include/security/pam_appl.h')],
  ];
  return found.filter(([, present]) => !present).map(([need]) => need);
}

/** @returns {boolean} whether this is Debian, Ubuntu or one of their kin */
export function isDebian() {
  if (!existsSync('/etc/os-release')) return false;
  const release = readFileSync('/etc/os-release', 'utf8');
  return release
    .split('\n')
    .some((line) => /^ID(?:_LIKE)?=/.test(line) && /\b(?:debian|ubuntu)\b/.test(line));
}

/** @returns {Manager | undefined} */
export function packageManager() {
  /** @type {[Manager, string][]} */
  const programs = [
    ['apt', 'apt-get'],
    ['dnf', 'dnf'],
    ['brew', 'brew'],
  ];
  return programs.find(([, program]) => findProgram([program]))?.[0];
}

/** @returns {{ folder: string, version: string } | undefined} the Rust at hand */
export function findRust() {
  const cargo = findProgram(['cargo']);
  if (!cargo) return undefined;
  const { stdout } = spawnSync(cargo, ['--version'], { encoding: 'utf8' });
  const version = /^cargo (\d+\.\d+\.\d+)/.exec(stdout ?? '')?.[1];
  return version ? { folder: dirname(cargo), version } : undefined;
}
