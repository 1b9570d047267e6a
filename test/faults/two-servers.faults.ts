import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { APPLE, SLOW_APPLE } from '../support/client.js';
import { temporaryFolder } from '../support/folder.js';
import { jobRows } from '../support/database.js';
import { PROGRAM, startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

interface Ended {
  code: number | null;
  output: string;
}

/** Runs the server a second time until it ends by itself. */
async function startAnother(env: Record<string, string>): Promise<Ended> {
  const child = spawn(process.execPath, [PROGRAM], {
    env: { PATH: process.env['PATH'], ATELIER_HOST: '127.0.0.1', ATELIER_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 20_000,
    killSignal: 'SIGKILL',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

async function restartInPlace(server: TestServer): Promise<void> {
  const before = server.log.length;
  await server.admin.api({ path: '/api/system/restart', method: 'POST' });
  await until('the server listens again', 30_000, () =>
    server.log.slice(before).includes('Listening on ') ? true : undefined,
  );
}

describe('a second server on a data folder', () => {
  it('does not start, names the process that has it, and leaves its running job alone', async () => {
    const server = await startServer();
    const feed = await server.feed();
    const id = await server.admin.submit(SLOW_APPLE);
    await feed.untilStep(id, 1);
    const { code, output } = await startAnother({ ATELIER_DATA_DIR: server.dataDir });
    expect(output).toContain('Another server uses the data folder');
    expect(output).toContain(`process ${server.pid} on `);
    expect(output).toContain('ATELIER_DATA_DIR');
    expect(output.trim().split('\n')).toHaveLength(1);
    expect(code).toBe(1);
    expect(await server.admin.waitForJob(id)).toMatchObject({ status: 'completed', attempts: 1 });
    expect(jobRows(server.dataDir)).toHaveLength(1);
  });

  it('does not start after a restart in place either, but after a kill', async () => {
    const server = await startServer({ env: { ATELIER_DRAIN_SECONDS: '0' } });
    await restartInPlace(server);
    const { code } = await startAnother({ ATELIER_DATA_DIR: server.dataDir });
    expect(code).toBe(1);
    await server.stop('SIGKILL');
    await server.boot();
    await server.admin.draw(APPLE);
  });

  it('does not start with the output folder of another one', async () => {
    const outputs = await temporaryFolder();
    const other = await temporaryFolder();
    try {
      const server = await startServer({ env: { ATELIER_OUTPUT_DIR: outputs.path } });
      const { code, output } = await startAnother({
        ATELIER_DATA_DIR: other.path,
        ATELIER_OUTPUT_DIR: outputs.path,
      });
      expect(output).toContain('Another server uses the output folder');
      expect(output).toContain(`process ${server.pid} on `);
      expect(code).toBe(1);
    } finally {
      await outputs.remove();
      await other.remove();
    }
  });
});
