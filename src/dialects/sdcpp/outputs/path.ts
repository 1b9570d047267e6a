import { AppError, NotFoundError } from '../../../common/index.js';

/** 400: what is asked for would lie outside of the outputs. */
export class InvalidPathError extends AppError {
  constructor() {
    super('INVALID_PATH', 400, 'Invalid path');
  }
}

/** 404: nothing is there. */
export const NO_SUCH_PATH = new NotFoundError('Path not found');

/** The folder of all folders, that of a job, or a file in it. */
export interface OutputPath {
  jobId?: string;
  filename?: string;
}

/** Groups have names of our making. */
const GROUP = /^[\w-]{1,64}$/;

const JOB_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The core counts the videos of a job, the document does not: a job makes one. */
const OUR_VIDEO = /^video_0\.(\w+)$/;
const THEIR_VIDEO = /^video\.(\w+)$/;

/** The name of an output as this API has it. */
export function theirName(filename: string): string {
  return filename.replace(OUR_VIDEO, 'video.$1');
}

/** The name of an output as the core has it. */
export function ourName(filename: string): string {
  return filename.replace(THEIR_VIDEO, 'video_0.$1');
}

function segmentsOf(parts: readonly string[]): string[] {
  const segments = parts.join('/').split('/');
  if (segments.at(-1) === '') segments.pop();
  for (const segment of segments) {
    const leaves = segment === '' || segment === '.' || segment === '..';
    if (leaves || segment.includes('\0') || segment.includes('\\')) throw new InvalidPathError();
  }
  return segments;
}

/**
 * Reads what stands behind `/output/` or `/thumb/`: the folder of a job or a file in it. The folder of a
 * group of jobs may stand before: it says nothing that the job's own name does not say.
 * @param parts as the router has them, decoded
 * @throws InvalidPathError; NotFoundError for what can be no path of an output
 */
export function readPath(parts: readonly string[]): OutputPath {
  const segments = segmentsOf(parts);
  if (segments.length === 0) return {};
  const [group = '', inGroup = ''] = segments;
  const grouped = GROUP.test(group) && JOB_ID.test(inGroup);
  const [jobId = '', filename, ...rest] = grouped ? segments.slice(1) : segments;
  if (!JOB_ID.test(jobId) || rest.length > 0) throw NO_SUCH_PATH;
  return filename === undefined ? { jobId } : { jobId, filename };
}
