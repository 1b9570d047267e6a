// Refuses regular expressions that can backtrack: on text that somebody else wrote, one of them can stop the server.
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { root } from './lib/paths.mjs';
import { runMain, StepError } from './lib/step.mjs';

// The backend in JavaScript: the others are programs that are not there for every platform.
process.env.RECHECK_BACKEND = 'pure';
const require = createRequire(import.meta.url);
/** @type {{ version: string }} */
const { version } = require('recheck/package.json');

const sources = ['src/**/*.ts', 'web/src/**/*.{ts,vue}', 'scripts/**/*.mjs', 'migrations/*.ts'];
const ignored = /\.spec\.ts$|\/generated\//;

/** Verdicts by pattern, so that only new ones take time. */
const cacheFile = join(root, 'node_modules/.cache/atelier/patterns.json');

/** Milliseconds for one pattern; one that takes longer is too hard to be sure of. */
const limit = 60_000;

/** What stands in a comment on the line before an exception, with the reason why it cannot do harm. */
const EXCEPTION = 'pattern-check:';

/**
 * @param {string} path
 * @returns {string} the script of a file, its lines where they were
 */
function scriptOf(path) {
  const text = readFileSync(join(root, path), 'utf8');
  if (!path.endsWith('.vue')) return text;
  const start = text.indexOf('<script');
  const from = text.indexOf('>', start) + 1;
  const end = text.indexOf('</script>', from);
  return start < 0 || end < 0
    ? ''
    : text.slice(0, from).replace(/[^\n]/g, ' ') + text.slice(from, end);
}

/**
 * @typedef {{ path: string, line: number, text: string, pattern?: string, flags?: string }} Found
 * @param {string} path
 * @returns {Found[]} literals, and what is put together while the program runs
 */
function patternsIn(path) {
  const text = scriptOf(path);
  const lines = text.split('\n');
  const kind = path.endsWith('.mjs') ? ts.ScriptKind.JS : ts.ScriptKind.TS;
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, kind);
  /** @type {Found[]} */
  const found = [];
  /** @param {ts.Node} node */
  const visit = (node) => {
    const line = file.getLineAndCharacterOfPosition(node.getStart()).line;
    const place = { path, line: line + 1, text: node.getText() };
    const isExcepted = lines[line - 1]?.includes(EXCEPTION);
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/');
      if (!isExcepted)
        found.push({ ...place, pattern: node.text.slice(1, end), flags: node.text.slice(end + 1) });
    } else if (
      (ts.isNewExpression(node) || ts.isCallExpression(node)) &&
      node.expression.getText() === 'RegExp' &&
      !isExcepted
    )
      found.push(place);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** @returns {Record<string, string>} */
function readCache() {
  return existsSync(cacheFile) ? JSON.parse(readFileSync(cacheFile, 'utf8')) : {};
}

/** @param {Found} found */
function keyOf({ pattern, flags }) {
  return createHash('sha256').update(`${version}\n${flags}\n${pattern}`).digest('hex');
}

/** @param {string} pattern @param {string} flags */
function verdictOn(pattern, flags) {
  const { checkSync } = require('recheck');
  const found = checkSync(pattern, flags.replace('v', 'u'), { timeout: limit });
  if (found.status === 'safe') return '';
  return found.status === 'vulnerable'
    ? `can take ${found.complexity.summary} time, for example on ${found.attack.pattern.slice(0, 100)}`
    : 'is too hard to be sure of';
}

await runMain(async () => {
  const cache = readCache();
  const files = globSync(sources, { cwd: root })
    .filter((path) => !ignored.test(path))
    .sort();
  const found = files.flatMap(patternsIn);
  /** @type {Record<string, string>} */
  const used = {};
  const faults = found.flatMap((one) => {
    const place = `${one.path}:${one.line} ${one.text.slice(0, 120)}`;
    if (one.pattern === undefined) return [`${place}\n    is put together while the program runs`];
    const key = keyOf(one);
    used[key] = cache[key] ?? verdictOn(one.pattern, one.flags ?? '');
    return used[key] === '' ? [] : [`${place}\n    ${used[key]}`];
  });
  mkdirSync(dirname(cacheFile), { recursive: true });
  writeFileSync(cacheFile, JSON.stringify(used));
  if (faults.length === 0) return;
  throw new StepError(
    `These patterns may stop the server on text of somebody else's:\n${faults.join('\n')}\n` +
      `Write them so that they read each character once, or without a pattern; where the text is known to be short,\n` +
      `a comment on the line before says why: // ${EXCEPTION} …`,
  );
});
