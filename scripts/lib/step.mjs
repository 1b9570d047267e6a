import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir, root } from './paths.mjs';

/** A failure whose message already says everything a person needs; shown without a stack. */
export class StepError extends Error {
  /** @override */
  name = 'StepError';
}

/** How often a step without a terminal says that it still runs, in milliseconds. */
const HEARTBEAT = 30_000;

/**
 * @param {number} milliseconds
 * @returns {string} such as `0.8 s`, `21 s`, `3 min 5 s`
 */
export function duration(milliseconds) {
  const seconds = milliseconds / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/**
 * @param {string} text
 * @param {number} lines
 */
export function tail(text, lines) {
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}

/**
 * Shows on standard error that something runs, and for how long.
 *
 * @param {string} title
 * @returns {(outcome: string) => void} ends the display with a line such as `title: 21 s`
 */
function showProgress(title) {
  const out = process.stderr;
  const start = Date.now();
  const write = (/** @type {string} */ end) =>
    out.write(out.isTTY ? `\r\x1b[K  ${title} … ${duration(Date.now() - start)}${end}` : '');
  if (!out.isTTY) out.write(`  ${title} …\n`);
  write('');
  const timer = setInterval(
    () =>
      out.isTTY
        ? write('')
        : out.write(`  … ${title}: still at it, ${duration(Date.now() - start)}\n`),
    out.isTTY ? 200 : HEARTBEAT,
  );
  return (outcome) => {
    clearInterval(timer);
    const line = `  ${title}: ${outcome}${duration(Date.now() - start)}\n`;
    out.write(out.isTTY ? `\r\x1b[K${line}` : line);
  };
}

/**
 * @typedef {object} Step
 * @property {string} title what a person reads, such as `installing packages (npm ci)`
 * @property {string} name of its log
 * @property {string} command
 * @property {string[]} args
 * @property {string} [cwd] the repository unless given
 * @property {NodeJS.ProcessEnv} [env]
 * @property {string} advice what to do when it fails
 */

/**
 * Runs a program with its output in a log.
 *
 * @param {Step} step
 * @throws {StepError} with the end of the log and the advice
 */
export async function runStep({
  title,
  name,
  command,
  args,
  cwd = root,
  env = process.env,
  advice,
}) {
  const folder = join(cacheDir(), 'logs');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.log`);
  const done = showProgress(title);
  const fault = await runLogged(path, command, args, { cwd, env });
  done(fault ? 'failed after ' : '');
  if (!fault) return;
  const end = tail(readFileSync(path, 'utf8'), 40);
  throw new StepError(`${end}\n\n${title}: ${fault}.\nThe whole log: ${path}\n${advice}`);
}

/**
 * @param {string} log
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv }} options
 * @returns {Promise<string | undefined>} what went wrong
 */
function runLogged(log, command, args, options) {
  const file = createWriteStream(log);
  file.write(`$ ${command} ${args.join(' ')}\n`);
  return new Promise((resolve) => {
    const end = (/** @type {string | undefined} */ fault) => file.end(() => resolve(fault));
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.pipe(file, { end: false });
    child.stderr.pipe(file, { end: false });
    child.on('error', (error) => end(error.message));
    child.on('close', (code, signal) =>
      end(code === 0 ? undefined : `ended with ${signal ?? code}`),
    );
  });
}

/**
 * Runs a script's main function; a failure ends the process with status 1.
 *
 * @param {() => Promise<unknown>} main
 */
export async function runMain(main) {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof StepError ? `\n${error.message}` : error);
    process.exitCode = 1;
  }
}
