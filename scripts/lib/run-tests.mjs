import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { node, root } from './paths.mjs';
import { hasNative, setUp } from './set-up.mjs';
import { duration } from './step.mjs';
import { sum, tallyOf, verdict } from './verdict.mjs';

const bin = (/** @type {string} */ path) => join(root, 'node_modules', path);

/** What is checked without running the product; each counts as one test. */
const checks = [
  { name: 'format', args: [bin('oxfmt/bin/oxfmt'), '--check'], mend: 'npm run format' },
  { name: 'lint', args: [bin('oxlint/bin/oxlint')] },
  { name: 'types', args: [bin('typescript/bin/tsc'), '--project', 'tsconfig.json'] },
  {
    name: 'types of the tests in a browser',
    args: [bin('typescript/bin/tsc'), '--project', 'test/browser'],
  },
  { name: 'types of the dashboard', args: [bin('vue-tsc/bin/vue-tsc.js'), '--project', 'web'] },
  { name: 'patterns', args: [join(root, 'scripts/patterns.mjs')] },
  {
    name: 'generated files',
    args: [join(root, 'scripts/generated.mjs'), '--check'],
    mend: 'npm run generate',
  },
];

const env = {
  ...process.env,
  PATH: [dirname(node), process.env.PATH].join(delimiter),
};

/** @param {typeof checks[number]} check */
function runCheck({ name, args, mend }) {
  const start = Date.now();
  const { status, stdout, stderr } = spawnSync(node, args, { cwd: root, encoding: 'utf8', env });
  const ok = status === 0;
  console.log(`  ${ok ? '✓' : '✗'} ${name} (${duration(Date.now() - start)})`);
  if (!ok) console.log(`${stdout}${stderr}${mend ? `Mend it with: ${mend}\n` : ''}`);
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
}

/** @param {string[]} projects */
function runVitest(projects) {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-tests-'));
  const file = join(folder, 'report.json');
  const { status } = spawnSync(
    node,
    [
      bin('vitest/vitest.mjs'),
      'run',
      ...projects.map((name) => `--project=${name}`),
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
    ],
    { cwd: root, env, stdio: 'inherit' },
  );
  const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  rmSync(folder, { recursive: true, force: true });
  return tallyOf(report, status);
}

/**
 * Sets up, checks and tests; the last line on the screen is the verdict.
 *
 * @param {{ light: string[], heavy: string[] }} projects `heavy` ones need the addon and are left
 *   out, with a note, where there is no native/ folder
 */
export async function runTests({ light, heavy }) {
  await setUp();
  const projects = hasNative() ? [...light, ...heavy] : light;
  if (projects.length < light.length + heavy.length) {
    console.log(`  Without native/, these are left out: ${heavy.join(', ')}.`);
  }
  const total = sum([...checks.map(runCheck), runVitest(projects)]);
  if (total.failed > 0) process.exitCode = 1;
  console.log(verdict(total));
}
