import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { jsonOf, SLOW_APPLE, type HttpReply } from '../support/client.js';
import { countJobs } from '../support/database.js';
import { sharedServer } from '../support/server.js';

const PICTURE = { ...SLOW_APPLE, steps: 1 };

/** Milliseconds from the sending of the request to the end of the server: before, within and after its answer. */
const MOMENTS = [0, 2, 5, 10, 20, 40, 300];

describe('a request with an Idempotency-Key', () => {
  const server = sharedServer();

  it('makes one job, whenever the server is killed and however often it is sent', async () => {
    const { admin, dataDir } = server();
    await admin.draw(PICTURE);
    let answered = 0;
    for (const moment of MOMENTS) {
      const before = countJobs(dataDir);
      const send = (): Promise<HttpReply> =>
        admin.api({
          path: '/api/generate/text2img',
          headers: { 'idempotency-key': key },
          body: PICTURE,
        });
      const key = randomUUID();
      const first = send().catch(() => undefined);
      await pause(moment);
      await server().stop('SIGKILL');
      const reply = await first;
      await server().boot();
      const second = await send();
      expect(second.status).toBe(202);
      if (reply) answered += 1;
      expect(jsonOf(second)).toEqual(jsonOf(reply ?? second));
      expect(countJobs(dataDir)).toBe(before + 1);
      const { request_id } = jsonOf<{ request_id: string }>(second);
      expect((await admin.waitForJob(request_id)).status).toBe('completed');
    }
    // Both sides of the answer were seen, or the moments are chosen badly.
    expect(answered).toBeGreaterThan(0);
    expect(answered).toBeLessThan(MOMENTS.length);
  });
});
