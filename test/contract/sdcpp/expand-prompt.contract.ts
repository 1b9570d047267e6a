import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send, bearer } from '../../support/auth.js';
import { jobEnd } from '../../support/jobs.js';
import { loadExample, made } from '../../support/sdcpp-jobs.js';
import { startSdcpp, type SdcppServer } from '../../support/sdcpp.js';

let sdcpp: SdcppServer;

beforeAll(async () => {
  sdcpp = await startSdcpp();
});

afterAll(() => sdcpp.close());

const SMALL = { width: 64, height: 64, steps: 2 };

describe('expand_prompt', () => {
  it('makes a job of each variant, and answers with the group', async () => {
    await loadExample(sdcpp, 'SD1.5');
    const prompt = '{red|blue} {fox|cat}';
    const { status, body } = await sdcpp.anna.post('/txt2img', {
      prompt,
      ...SMALL,
      title: 'animals',
      expand_prompt: true,
    });
    expect({ status, body }).toEqual({
      status: 202,
      body: {
        group_id: expect.any(String) as string,
        variation_count: 4,
        job_ids: [0, 1, 2, 3].map(() => expect.any(String) as string),
        status: 'pending',
        position: expect.any(Number) as number,
      },
    });
    const ids = body['job_ids'] as string[];
    const jobs = await Promise.all(ids.map((id) => jobEnd(sdcpp.server.app, sdcpp.anna.token, id)));
    expect(jobs.map((job) => job.prompt)).toEqual(['red fox', 'red cat', 'blue fox', 'blue cat']);
    expect(jobs[1]).toMatchObject({
      label: 'animals',
      origin: {
        params: {
          prompt: 'red cat',
          variation_group_id: body['group_id'],
          variation_index: 1,
          variation_total: 4,
          variation_template: prompt,
        },
      },
    });
    await made(sdcpp, '/txt2img', jobs[1]!.origin!.params);
  });

  it('makes one job of a prompt with one variant', async () => {
    await loadExample(sdcpp, 'SD1.5');
    const job = await made(sdcpp, '/txt2img', {
      prompt: 'a {red} fox',
      ...SMALL,
      expand_prompt: true,
    });
    expect(job.prompt).toBe('a red fox');
  });

  it('makes none where one of them is refused', async () => {
    await loadExample(sdcpp, 'SD1.5');
    const body = { prompt: '{a|b <lora:none:1>}', ...SMALL, expand_prompt: true };
    expect((await sdcpp.anna.post('/txt2img', body)).status).toBe(400);
    const { body: history } = await send(
      sdcpp.server.app,
      'GET',
      '/api/queue/history?status=queued,processing',
      bearer(sdcpp.anna.token),
    );
    expect(history).toMatchObject({ total: 0 });
  });
});
