import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadConfig } from '../../src/config/index.js';
import { createApp } from '../../src/create-app.js';
import { FakeEngine } from '../../src/engine/index.js';
import { loggerFor } from '../../src/logger.js';
import { LogTail } from '../../src/system/index.js';
import { ADMIN_PASSWORD } from '../support/app.js';
import { addUser, bearer, login, send, tokenOf, type Reply } from '../support/auth.js';
import { temporaryFolder, type TemporaryFolder } from '../support/folder.js';

const METRICS_TOKEN = 'a token for the metrics of tests';

let app: NestFastifyApplication;
let folder: TemporaryFolder;
let admin: string;

interface Line {
  id: number;
  level: string;
  context: string;
  message: string;
}

/** The lines themselves are looked at, not what the console shows of them. */
function silence(): void {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
}

beforeAll(async () => {
  silence();
  folder = await temporaryFolder();
  const config = loadConfig({
    ATELIER_DATA_DIR: folder.path,
    ATELIER_METRICS_TOKEN: METRICS_TOKEN,
    ATELIER_LOG_LEVEL: 'debug',
  });
  const log = new LogTail();
  const logger = loggerFor(config, log);
  app = await createApp(
    { ...config, auth: { ...config.auth, adminPassword: ADMIN_PASSWORD } },
    { engine: FakeEngine.instant(), logger, log },
  );
  admin = await tokenOf(app);
});
beforeEach(silence);
afterAll(async () => {
  await app.close();
  await folder.remove();
});

function read(query = '', token = admin): Promise<Reply> {
  return send(app, 'GET', `/api/system/logs${query}`, bearer(token));
}

async function lines(query = ''): Promise<Line[]> {
  const { status, body } = await read(query);
  expect(status).toBe(200);
  return body['lines'] as Line[];
}

describe('the tail of the log', () => {
  it('has each answered request, and goes on where the last answer ended', async () => {
    const { body } = await read();
    const after = `?level=info&run=${body['run'] as string}&after=${body['newest'] as number}`;
    expect(await lines(after)).toEqual([]);
    await send(app, 'GET', '/api/queue/status', bearer(admin));
    await send(app, 'GET', '/api/no-such-thing', bearer(admin));
    const added = await lines(after);
    expect(added).toEqual([
      expect.objectContaining({
        level: 'info',
        context: 'Request',
        message: expect.stringMatching(/^GET \/api\/queue\/status 200 /) as string,
      }),
      expect.objectContaining({ message: expect.stringMatching(/^GET none 404 /) as string }),
    ]);
    expect(added[1]!.id).toBeGreaterThan(added[0]!.id);
  });

  it('begins anew for who knows another start of the server', async () => {
    const other = '?run=7f0f3c52-6c1b-4f57-9d52-0a7f3c1b8e44&after=1000000';
    expect((await lines(other)).length).toBeGreaterThan(1);
  });

  it('is narrowed by level and words', async () => {
    await send(app, 'GET', '/api/version');
    const found = await lines('?search=VERSION%20get');
    expect(found.at(-1)?.message).toContain('/api/version');
    expect(found.every(({ message }) => /version/i.test(message))).toBe(true);
    const serious = await lines('?level=warn');
    expect(serious.filter(({ level }) => level === 'info' || level === 'debug')).toEqual([]);
    expect(await lines('?limit=1')).toHaveLength(1);
  });

  it('has no secret that was shown to the server', async () => {
    await login(app, 'admin', 'wrong horse battery');
    const made = await send(app, 'POST', '/api/auth/keys', bearer(admin), { name: 'for a test' });
    const key = made.body['key'] as string;
    expect(made.status).toBe(201);
    await send(app, 'GET', '/api/auth/me', { 'x-api-key': key });
    await send(app, 'GET', '/api/auth/me', { 'x-api-key': 'atk_forged_0123456789' });
    await send(app, 'GET', `/api/auth/me?token=${admin}&password=${ADMIN_PASSWORD}`);
    const text = JSON.stringify(await lines('?limit=2000'));
    expect(text).toContain('/api/auth/login');
    for (const secret of [
      ADMIN_PASSWORD,
      'wrong horse battery',
      key,
      'atk_forged_0123456789',
      admin,
      METRICS_TOKEN,
    ])
      expect(text).not.toContain(secret);
  });

  it('is for administrators', async () => {
    await addUser(app, 'anna', 'user');
    expect((await read('', await tokenOf(app, 'anna'))).status).toBe(403);
    expect((await read('?level=loud')).status).toBe(400);
    expect((await read('?after=-1')).status).toBe(400);
  });
});
