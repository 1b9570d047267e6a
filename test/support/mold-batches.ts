import { PHOTO, type MoldClient } from './mold.js';
import { until } from './until.js';

/** A batch as its client reads it; with what an error says, where it is one. */
export interface Batch {
  id: string;
  client_batch_id: string;
  instance_id: string;
  children: {
    index: number;
    job_id: string;
    state: string;
    retryable: boolean;
    error_code?: string;
    result?: { filename: string; seed: number };
  }[];
  code?: string;
  error?: string;
}

/** A request for a small picture. */
export function request(seed: number) {
  return { prompt: 'a glowing robot', model: PHOTO, width: 64, height: 64, steps: 2, seed };
}

export async function batchOf(client: MoldClient, path: string): Promise<Batch> {
  return (await client.json<Batch>('GET', `/api/generation-batches/${path}`)).body;
}

const SETTLED = ['complete', 'failed', 'cancelled', 'held'];

/** The batch, when all that is in it has ended. */
export function settled(client: MoldClient, id: string): Promise<Batch> {
  return until(`the end of batch ${id}`, 20_000, async () => {
    const batch = await batchOf(client, id);
    return batch.children.every(({ state }) => SETTLED.includes(state)) && batch;
  });
}
