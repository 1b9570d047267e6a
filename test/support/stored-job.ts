import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { Job } from '../../src/queue/job.entity.js';

/** Puts a job into the database as it stands, without anybody who works on it. */
export async function storeJob(
  app: NestFastifyApplication,
  job: Pick<Job, 'ownerId' | 'kind'> & Partial<Omit<Job, 'origin'>>,
): Promise<string> {
  const id = randomUUID();
  const now = new Date();
  await app
    .get(DataSource)
    .getRepository(Job)
    .insert({
      id,
      state: 'failed',
      title: `a ${job.kind} job`,
      request: { options: {} },
      failure: { code: 'TEST', message: 'Made for a test.' },
      attempts: 1,
      createdAt: now,
      startedAt: now,
      finishedAt: now,
      ...job,
    });
  return id;
}
