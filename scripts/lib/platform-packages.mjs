/**
 * npm leaves an optional platform package out of the lockfile when the registry at hand does not
 * serve it, and `npm ci` then refuses that lockfile (npm/cli#9846). Naming the package, its version
 * and its platform is enough: npm skips it on other platforms and fetches it on its own.
 */

const systems = new Set(['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32']);
/** Names that some packages have for a system, and node's own. */
const otherNames = new Map([
  ['mac', 'darwin'],
  ['win', 'win32'],
]);
const processors = new Set(['arm', 'arm64', 'ia32', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64']);

/**
 * The platform in a package name such as `@oxlint/binding-linux-arm64-musl`.
 *
 * @param {string} name
 * @returns {{ os?: string[], cpu?: string[], libc?: string[] } | undefined} undefined when the name
 *   names no processor, since such an entry would be fetched everywhere
 */
export function platformOf(name) {
  const words = name.split(/[-/]/);
  const cpu = words.find((word) => processors.has(word));
  if (cpu === undefined) return undefined;
  const os = words.map((word) => otherNames.get(word) ?? word).find((word) => systems.has(word));
  const libc = os === 'linux' ? libcOf(words.at(-1) ?? '') : undefined;
  return { cpu: [cpu], ...(libc && { libc: [libc] }), ...(os && { os: [os] }) };
}

/** @param {string} word */
function libcOf(word) {
  if (word.startsWith('musl')) return 'musl';
  return word.startsWith('gnu') ? 'glibc' : undefined;
}

/**
 * @typedef {{ version?: string, dev?: boolean, optional?: boolean,
 *   optionalDependencies?: Record<string, string> }} LockedPackage
 * @param {Record<string, LockedPackage>} packages the `packages` of a lockfile
 * @returns {Record<string, object>} the same, sorted by path, with the missing platform packages
 */
export function withPlatformPackages(packages) {
  /** @type {Record<string, object>} */
  const complete = { ...packages };
  for (const locked of Object.values(packages)) {
    for (const [name, version] of Object.entries(locked.optionalDependencies ?? {})) {
      const path = `node_modules/${name}`;
      const platform = platformOf(name);
      if (complete[path] || !platform || !/^\d/.test(version)) continue;
      complete[path] = { version, ...(locked.dev && { dev: true }), optional: true, ...platform };
    }
  }
  return Object.fromEntries(Object.entries(complete).sort(([a], [b]) => a.localeCompare(b, 'en')));
}
