import type { JobDetails } from '../../api/generated/types.gen.js';
import { factsOf, type Fact } from '../../lib/fact.js';
import { dateTime, duration } from '../../lib/format.js';
import { kindName } from '../../lib/job-kinds.js';

/** What is known of a job besides its progress, in the order in which it is read. */
export function aboutJob(job: JobDetails): Fact[] {
  const { start_time, end_time, queued_time } = job;
  const waited = start_time === null ? 0 : (start_time - queued_time) * 1000;
  return factsOf([
    ['Kind', kindName(job.kind)],
    ['Model', job.model],
    ['Owner', job.owner?.username],
    ['Asked for through', job.origin?.dialect ?? 'Atelier'],
    ['Lane', job.lane],
    ['Asked for', dateTime(queued_time)],
    ['Begun', start_time !== null && dateTime(start_time)],
    ['Ended', end_time !== null && dateTime(end_time)],
    ['Waited', waited > 0 && duration(waited)],
    ['Worked on for', job.time_elapsed > 0 && duration(job.time_elapsed)],
    ['Attempts', String(job.attempts)],
    ['Id', job.id],
  ]);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One value of a request as a text. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return JSON.stringify(value);
}

/** The options are what everybody means by parameters. */
const OPTIONS = /^options\./;

/** What the facts about a job say already. */
const SAID = new Set(['kind', 'model', 'model_name']);

/** What was asked for, value by value; what is within another has its name before its own. */
export function parametersOf(parameters: unknown, within = ''): Fact[] {
  if (!isPlain(parameters)) return [];
  return Object.entries(parameters).flatMap(([name, value]) => {
    if (!within && SAID.has(name)) return [];
    if (value === null || value === undefined || value === '') return [];
    const whole = within ? `${within}.${name}` : name;
    if (isPlain(value)) return parametersOf(value, whole);
    return [{ name: whole.replace(OPTIONS, ''), value: textOf(value) }];
  });
}
