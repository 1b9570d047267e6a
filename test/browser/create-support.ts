import type { Page } from 'playwright-core';
import { jsonOf, type Job, type TestClient } from '../support/client.js';

/** Opens the view, and waits until it can be used. */
export async function openCreate(page: Page, path = '/create'): Promise<void> {
  await page.goto(path);
  await page.getByRole('heading', { level: 1, name: 'Create' }).waitFor();
  await page.getByLabel('Prompt', { exact: true }).waitFor();
}

/** Types into the fields with these labels. */
export async function fillIn(page: Page, said: Record<string, string>): Promise<void> {
  for (const [label, value] of Object.entries(said)) {
    await page.getByLabel(label, { exact: true }).fill(value);
  }
}

/** Asks for what the form says; gives the finished job. */
export async function generate(page: Page, client: TestClient): Promise<Job> {
  const accepted = page.waitForResponse(/\/api\/generate\//);
  await page.getByRole('button', { name: 'Generate' }).click();
  const { request_id: id } = (await (await accepted).json()) as { request_id: string };
  const job = await client.waitForJob(id);
  await page.locator(`[data-job="${id}"]`).getByRole('img').first().waitFor();
  return job;
}

/** The latest job of a client. */
export async function latestJob(client: TestClient): Promise<Job> {
  const reply = await client.api({ path: '/api/queue/history?limit=1' });
  const [job] = jsonOf<{ jobs: Job[] }>(reply).jobs;
  if (!job) throw new Error('There is no job.');
  return client.job(job.id);
}
