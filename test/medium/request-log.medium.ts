import { ConsoleLogger, type LoggerService } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { loadConfig, type Environment } from '../../src/config/index.js';
import { createApp } from '../../src/create-app.js';
import { FakeEngine } from '../../src/engine/index.js';
import { ADMIN_PASSWORD } from '../support/app.js';
import { bearer, login } from '../support/auth.js';
import { temporaryFolder } from '../support/folder.js';

/** What a server with these settings logs of its requests while somebody asks it things. */
async function linesOf(env: Environment): Promise<{ lines: unknown[]; userId: string }> {
  const folder = await temporaryFolder();
  const lines: unknown[] = [];
  const logger: LoggerService = new ConsoleLogger({ logLevels: [] });
  logger.log = (line: unknown, context: unknown) => {
    if (context === 'Request') lines.push(line);
  };
  const config = loadConfig({
    ATELIER_DATA_DIR: folder.path,
    ATELIER_ADMIN_PASSWORD: ADMIN_PASSWORD,
    ...env,
  });
  const app = await createApp(config, { engine: FakeEngine.instant(), logger });
  try {
    const { token, user } = (await login(app, 'admin')).body as {
      token: string;
      user: { id: string };
    };
    const headers = { ...bearer(token), 'x-request-id': 'mine' };
    await app.inject({ url: '/api/queue/job/4711?secret=hunter2', headers });
    await app.inject({ url: '/hunter2', headers: { 'x-request-id': 'other' } });
    return { lines: lines.slice(1), userId: user.id };
  } finally {
    await app.close();
    await folder.remove();
  }
}

describe('the log', () => {
  it('has a line for each answered request, without what may be secret', async () => {
    const { lines, userId } = await linesOf({});
    expect(lines).toEqual([
      expect.stringMatching(
        new RegExp(String.raw`^GET /api/queue/job/:id 404 [\d.]+ ms ${userId} mine$`),
      ),
      expect.stringMatching(/^GET none 404 [\d.]+ ms - other$/),
    ]);
  });

  it('has them as objects for a collector', async () => {
    const { lines, userId } = await linesOf({ ATELIER_LOG_FORMAT: 'json' });
    expect(lines[0]).toEqual({
      method: 'GET',
      route: '/api/queue/job/:id',
      status: 404,
      ms: expect.any(Number) as number,
      user: userId,
      request_id: 'mine',
    });
    expect(JSON.stringify(lines)).not.toContain('hunter2');
  });

  it('has none when they are not wanted', async () => {
    expect((await linesOf({ ATELIER_REQUEST_LOG: 'false' })).lines).toEqual([]);
  });
});
