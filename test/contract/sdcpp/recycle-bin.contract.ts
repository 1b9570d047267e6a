import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jobEnd, submitted } from '../../support/jobs.js';
import { sdcppHouse, type SdcppHouse } from '../../support/sdcpp-house.js';

const SECOND = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

describe('the recycle bin', () => {
  let house: SdcppHouse;

  beforeAll(async () => {
    house = await sdcppHouse({ env: { ATELIER_BIN_MINUTES: '60' } });
  });

  afterAll(() => house.close());

  async function drawn(token = house.tokens.anna): Promise<string> {
    const id = await submitted(house.server.app, token);
    await jobEnd(house.server.app, token, id);
    return id;
  }

  const remove = (...job_ids: string[]) =>
    house.ask('/queue/jobs', { method: 'DELETE', body: { job_ids } });

  it('takes deleted jobs, and says which were not', async () => {
    const own = await drawn();
    const other = await drawn(house.tokens.bert);
    const { status, body } = await remove(own, other, 'x');
    expect(status).toBe(200);
    expect(body).toEqual({
      success: true,
      deleted: 1,
      failed: 2,
      total: 3,
      failed_job_ids: [other, 'x'],
    });
    expect((await house.ask(`/queue/${own}`)).status).toBe(404);
    expect((await house.fetch(`/output/${own}/image_0.png`)).status).toBe(404);
    const bin = await house.ask('/queue/recycle-bin');
    expect(bin.body).toMatchObject({ success: true, enabled: true, retention_minutes: 60 });
    expect((bin.body['items'] as object[])[0]).toMatchObject({
      job_id: own,
      status: 'deleted',
      previous_status: 'completed',
      deleted_at: expect.stringMatching(SECOND),
    });
  });

  it('gives a job back with its outputs', async () => {
    const id = await drawn();
    await remove(id);
    const { body } = await house.ask(`/queue/${id}/restore`, { method: 'POST' });
    expect(body).toEqual({ success: true, message: expect.any(String) });
    expect((await house.ask(`/queue/${id}`)).body['status']).toBe('completed');
    const file = await house.fetch(`/output/${id}/image_0.png`);
    expect(file.status).toBe(200);
    await file.arrayBuffer();
    const again = await house.ask(`/queue/${id}/restore`, { method: 'POST' });
    expect(again.status).toBe(400);
    expect(again.body['error']).toMatch(/^Cannot restore job/);
  });

  it('purges one job, or all of them', async () => {
    const [one, two] = [await drawn(), await drawn()];
    await remove(one, two);
    const other = await house.ask(`/queue/${one}/purge`, {
      method: 'DELETE',
      token: house.tokens.bert,
    });
    expect(other.status).toBe(400);
    const { body } = await house.ask(`/queue/${one}/purge`, { method: 'DELETE' });
    expect(body).toEqual({ success: true, message: expect.any(String) });
    const left = (await house.ask('/queue/recycle-bin')).body['count'] as number;
    const emptied = await house.ask('/queue/recycle-bin', { method: 'DELETE' });
    expect(emptied.body).toEqual({ success: true, purged: left, message: expect.any(String) });
    expect((await house.ask('/queue/recycle-bin')).body).toMatchObject({ count: 0, items: [] });
  });

  it.each([{}, { job_ids: [] }, { job_ids: 'x' }, { job_ids: [1] }, { ids: ['x'] }])(
    'refuses %j',
    async (body) => {
      const reply = await house.ask('/queue/jobs', { method: 'DELETE', body });
      expect(reply.status).toBe(400);
      expect(reply.body['error']).toEqual(expect.any(String));
    },
  );

  it('has its settings told, and they are the server’s', async () => {
    expect((await house.ask('/settings/recycle-bin')).body).toEqual({
      enabled: true,
      retention_minutes: 60,
    });
    const change = await house.ask('/settings/recycle-bin', { method: 'PUT', body: {} });
    expect(change.status).toBe(404);
  });
});
