import type { JobDetails } from '../../src/queue/index.js';
import { jobEnd } from './jobs.js';
import { LOAD_EXAMPLES } from './sdcpp-examples.js';
import type { SdcppServer } from './sdcpp.js';

/** A job of a generation, as the core tells it. */
export type Made = JobDetails & {
  parameters: { model: { name: string }; options: Record<string, unknown> };
};

/** Asks for something as the user Anna; gives the id of the job. */
export async function accepted(sdcpp: SdcppServer, path: string, body: object): Promise<string> {
  const { status, body: answer } = await sdcpp.anna.post(path, body);
  if (status === 202) return String(answer['job_id']);
  throw new Error(`Refused: ${status} ${JSON.stringify(answer)}`);
}

/** Asks for something as the user Anna, and waits until it is made. */
export async function made(sdcpp: SdcppServer, path: string, body: object): Promise<Made> {
  const id = await accepted(sdcpp, path, body);
  const job = await jobEnd(sdcpp.server.app, sdcpp.anna.token, id);
  if (job.status === 'completed') return job as Made;
  throw new Error(`The job ${job.status}: ${JSON.stringify(job.error)}`);
}

/** Loads a model for Anna as an example of the document does. */
export async function loadExample(sdcpp: SdcppServer, name: string): Promise<void> {
  const [, body] = LOAD_EXAMPLES.find(([example]) => example === name) ?? [];
  const { status, body: answer } = await sdcpp.anna.post('/models/load', body);
  if (status !== 200) throw new Error(`Not loaded: ${JSON.stringify(answer)}`);
}
