import { duration } from './step.mjs';

/** @typedef {import('./demo-client.mjs').Update} Update */

const WIDTH = 28;

/** @param {Update} update */
export function progressLine({ status, phase, progress, current_step, total_steps, ...time }) {
  if (status === 'queued') return 'waiting in the queue';
  const done = Math.round(Math.min(Math.max(progress, 0), 1) * WIDTH);
  const bar = '█'.repeat(done) + '░'.repeat(WIDTH - done);
  const steps = total_steps > 0 ? `  step ${current_step}/${total_steps}` : '';
  const left = time.time_remaining ? `, about ${duration(time.time_remaining)} left` : '';
  const words = status === 'processing' ? (phase ?? 'working') : status;
  const percent = `${Math.round(progress * 100)}%`.padStart(4);
  return `${bar} ${percent}${steps}  ${words}, ${duration(time.time_elapsed)}${left}`;
}

/** Shows a job's progress on one line of a terminal, or as plain lines elsewhere. */
export class ProgressBar {
  #last = '';

  /** @param {{ isTTY?: boolean, write(text: string): unknown }} out */
  constructor(out) {
    this.out = out;
  }

  /** @param {Update} update */
  show(update) {
    const line = `  ${progressLine(update)}`;
    if (this.out.isTTY) {
      this.out.write(`\r\x1b[K${line}`);
      return;
    }
    const { status, phase, current_step } = update;
    const moment = `${status} ${phase} ${current_step}`;
    if (moment !== this.#last) this.out.write(`${line}\n`);
    this.#last = moment;
  }

  end() {
    if (this.out.isTTY) this.out.write('\n');
  }
}

/**
 * Splits a job's time by what was going on, from the moments at which its updates came.
 *
 * @param {number} asked when the job was asked for, in milliseconds
 * @param {{ at: number, update: Update }[]} moments in order, the last one being its end
 * @returns {[string, number][]} names and milliseconds
 */
export function jobTimes(asked, moments) {
  const end = moments.at(-1)?.at ?? asked;
  const start = moments.find(({ update }) => update.status !== 'queued')?.at ?? end;
  const drawing =
    moments.find(
      ({ update }) => update.status === 'processing' && update.phase && update.phase !== 'loading',
    ) ?? moments.find(({ update }) => update.current_step > 0);
  const ready = drawing?.at ?? start;
  return [
    ['wait in the queue', start - asked],
    ['load the model', ready - start],
    ['generate', end - ready],
  ];
}

/** @param {[string, number][]} rows names and milliseconds */
export function timeTable(rows) {
  const total = rows.reduce((sum, [, time]) => sum + time, 0);
  const all = [...rows, /** @type {[string, number]} */ (['together', total])];
  const width = Math.max(...all.map(([name]) => name.length));
  const exact = (/** @type {number} */ time) =>
    time < 1000 ? `${Math.round(time)} ms` : `${(time / 1000).toFixed(2)} s`;
  return all
    .map(([name, time]) => `  ${name.padEnd(width)}  ${exact(time).padStart(9)}`)
    .join('\n');
}

/**
 * @param {string} prompt
 * @param {number} seed
 * @returns {string} such as `demo-red-apple-42.png`
 */
export function pictureName(prompt, seed) {
  const words = prompt.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const name = words.replace(/^-/, '').slice(0, 40).replace(/-$/, '');
  return `demo-${name || 'picture'}-${seed}.png`;
}
