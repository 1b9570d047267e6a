import { readdir } from 'node:fs/promises';
import OpenAI from 'openai';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeEngine } from '../../../src/engine/index.js';
import { CuttingProxy } from '../../support/cutting-proxy.js';
import { countJobs } from '../../support/database.js';
import { startOpenai, type OpenaiServer } from '../../support/openai.js';
import { until } from '../../support/until.js';

const SMALL = { prompt: 'red apple', size: '64x64', steps: 4, seed: 42 };

let openai: OpenaiServer;
let proxy: CuttingProxy;

afterEach(async () => {
  proxy.close();
  await openai.close();
});

/** Paths of all finished files. */
async function outputs(): Promise<string[]> {
  const folder = openai.server.config.storage.outputDir;
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

/** Whether the engine is at the job of this client. */
const isDrawn = (): Promise<unknown> =>
  until('its job', 10_000, async () => {
    const [job] = await openai.jobs(openai.anna);
    return job?.status === 'processing' && job.current_step > 0;
  });

describe("OpenAI's package behind a proxy that cuts the first answer", () => {
  it.each([
    ['while the picture is drawn', isDrawn],
    ['when the answer begins', undefined],
  ])('gets the one picture by its own second try: cut %s', async (_, time) => {
    openai = await startOpenai(FakeEngine.slow(100));
    proxy = await CuttingProxy.start(openai.anna.base, time);
    const client = new OpenAI({ baseURL: proxy.base, apiKey: openai.anna.token });
    const { data } = await client.images.generate(SMALL);
    expect(proxy.header('x-stainless-retry-count')).toEqual(['0', '1']);
    expect(countJobs(openai.server.dataDir)).toBe(1);
    const [job] = await openai.jobs(openai.anna);
    expect(job!.status).toBe('completed');
    expect(data).toEqual([{ url: `${proxy.base}/images/files/${job!.id}/image_0.png` }]);
    expect(await outputs()).toEqual(['image_0.png']);
    expect((await fetch(data![0]!.url!)).status).toBe(200);
  });

  it('gets the one edit as well, whose form is another one each time', async () => {
    openai = await startOpenai(FakeEngine.slow(100));
    proxy = await CuttingProxy.start(openai.anna.base);
    const client = new OpenAI({ baseURL: proxy.base, apiKey: openai.anna.token });
    const first = await new OpenAI({
      baseURL: openai.anna.base,
      apiKey: openai.anna.token,
    }).images.generate({ ...SMALL, response_format: 'b64_json' });
    const bytes = Buffer.from(first.data![0]!.b64_json!, 'base64');
    const image = new File([bytes], 'apple.png', { type: 'image/png' });
    const { data } = await client.images.edit({ ...SMALL, image, response_format: 'b64_json' });
    expect(proxy.header('x-stainless-retry-count')).toEqual(['0', '1']);
    expect(data).toHaveLength(1);
    const jobs = await openai.jobs(openai.anna);
    expect(jobs.map(({ kind, status }) => [kind, status])).toEqual([
      ['img2img', 'completed'],
      ['text2img', 'completed'],
    ]);
  });
});
