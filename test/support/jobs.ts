import { setTimeout as sleep } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { JobDetails } from '../../src/queue/index.js';
import { bearer, send, type Reply } from './auth.js';

export function submit(
  app: NestFastifyApplication,
  token: string,
  body: object = { prompt: 'red apple', seed: 42 },
  kind = 'text2img',
): Promise<Reply> {
  return send(app, 'POST', `/api/generate/${kind}`, bearer(token), body);
}

export async function submitted(
  app: NestFastifyApplication,
  token: string,
  body?: object,
  kind?: string,
): Promise<string> {
  const reply = await submit(app, token, body, kind);
  if (reply.status !== 202) throw new Error(`Not accepted: ${JSON.stringify(reply.body)}`);
  return reply.body['request_id'] as string;
}

export async function jobOf(
  app: NestFastifyApplication,
  token: string,
  id: string,
): Promise<JobDetails> {
  const { body } = await send(app, 'GET', `/api/queue/job/${id}`, bearer(token));
  return body['job'] as JobDetails;
}

export function cancel(app: NestFastifyApplication, token: string, id: string): Promise<Reply> {
  return send(app, 'POST', '/api/queue/cancel', bearer(token), { job_id: id });
}

/** Asks until the job is as wanted; fails after half a minute. */
export async function jobWhen(
  app: NestFastifyApplication,
  token: string,
  id: string,
  wanted: (job: JobDetails) => boolean,
): Promise<JobDetails> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const job = await jobOf(app, token, id);
    if (wanted(job)) return job;
    if (Date.now() > deadline) throw new Error(`Still not as wanted: ${JSON.stringify(job)}`);
    await sleep(10);
  }
}

export function jobEnd(
  app: NestFastifyApplication,
  token: string,
  id: string,
): Promise<JobDetails> {
  return jobWhen(app, token, id, ({ status }) => !['queued', 'processing'].includes(status));
}
