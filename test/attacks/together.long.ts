import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { residentBytes } from '../../src/common/index.js';
import { APPLE, type TestClient } from '../support/client.js';
import { addUserRow } from '../support/database.js';
import { sharedServer } from '../support/server.js';
import { until } from '../support/until.js';

/** Milliseconds of the attack. */
const ATTACK_MS = 120_000;

/** Milliseconds within which 99 of 100 others are answered. */
const HEALTH_P99_MS = 250;

const MIB = 1024 * 1024;

function run(name: string, ...args: string[]): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [join(import.meta.dirname, name), ...args]);
}

async function endOf(child: ChildProcessWithoutNullStreams): Promise<Record<string, number>> {
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stdin.end();
  await once(child, 'close');
  return JSON.parse(text) as Record<string, number>;
}

describe('six attackers at once', () => {
  const server = sharedServer();

  it('keep nobody else waiting, leave no memory behind, and cost no honest user a job', async () => {
    for (const name of ['anna', 'mallory']) addUserRow(server().dataDir, name, 'user');
    const [anna, mallory] = [await server().login('anna'), await server().login('mallory')];
    await anna.draw(APPLE);
    const create = { width: 8192, height: 4096, channels: 3, background: '#c01010' } as const;
    const image = await sharp({ create, limitInputPixels: false })
      .png({ palette: true, colours: 2 })
      .toBuffer();
    const before = (await residentBytes(server().pid))!;
    const attackers = run('six-attackers.mjs', server().url, mallory.token);
    attackers.stdin.write(`${image.toString('base64')}\n`);
    const health = run('honest-user.mjs', server().url);
    const drawn = await drawing(anna, performance.now() + ATTACK_MS);
    const [attacks, answers] = await Promise.all([endOf(attackers), endOf(health)]);
    process.stdout.write(`${JSON.stringify({ attacks, answers, drawn, before })}\n`);
    for (const count of Object.values(attacks)) expect(count).toBeGreaterThan(0);
    expect(answers['faults']).toBe(0);
    expect(answers['p99']).toBeLessThan(HEALTH_P99_MS);
    expect(drawn).toBeGreaterThan(3);
    const grown = await until('flat memory', 60_000, async () => {
      const bytes = (await residentBytes(server().pid))! - before;
      return bytes < 400 * MIB ? bytes : undefined;
    });
    process.stdout.write(`grown by ${Math.round(grown / MIB)} MiB\n`);
    await anna.draw(APPLE);
  });
});

/** How many images of an honest user are completed, all of those that were asked for. */
async function drawing(client: TestClient, end: number): Promise<number> {
  let count = 0;
  while (performance.now() < end) {
    const job = await client.waitForJob(await client.submit({ ...APPLE, seed: count }), 120_000);
    expect(job.status).toBe('completed');
    count += 1;
    await pause(500);
  }
  return count;
}
