import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../src/common/index.js';
import { call, jsonOf } from '../support/client.js';
import { temporaryFolder, type TemporaryFolder } from '../support/folder.js';
import { startServer } from '../support/server.js';

const PROGRAM = join(PACKAGE_ROOT, 'dist/src/cli.js');
const PASSWORD = 'correct horse battery staple';

let folder: TemporaryFolder;

beforeEach(async () => {
  folder = await temporaryFolder();
});

afterEach(async () => {
  await folder.remove();
});

interface Run {
  status: number | null;
  out: string;
  err: string;
}

function atelier(args: string[], input = '', dataDir = join(folder.path, 'data')): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], {
    input,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: folder.path, ATELIER_DATA_DIR: dataDir },
  });
  return { status, out: stdout, err: stderr };
}

describe('atelier user and key', () => {
  it('work on the database of a running server', async () => {
    const server = await startServer();
    const run = (args: string[], input?: string) => atelier(args, input, server.dataDir);
    expect(run(['user', 'add', 'ada'], `${PASSWORD}\n`)).toMatchObject({ status: 0, out: '' });
    const body = { username: 'ada', password: PASSWORD };
    const login = () => call(server.url, { path: '/api/auth/login', body });
    expect((await login()).status).toBe(200);

    const made = run(['key', 'create', '--user', 'ada', '--name', 'ci', '--scope', 'job:read']);
    const headers = { 'x-api-key': made.out.trim() };
    const status = await call(server.url, { path: '/api/queue/status', headers });
    expect(status.status).toBe(200);
    const [key] = JSON.parse(run(['key', 'list', '--json']).out) as { id: string }[];
    expect(run(['key', 'revoke', key!.id]).status).toBe(0);
    expect((await call(server.url, { path: '/api/queue/status', headers })).status).toBe(401);

    expect(run(['user', 'disable', 'ada']).status).toBe(0);
    expect((await login()).status).toBe(401);
    const audit = await server.admin.api({ path: '/api/audit?action=user.created' });
    expect(jsonOf<{ entries: object[] }>(audit).entries).toContainEqual(
      expect.objectContaining({ actor: expect.objectContaining({ via: 'cli' }) as object }),
    );
  });

  it('make the first user before the first start', async () => {
    const made = atelier(['user', 'add', 'root', '--role', 'admin', '--random']);
    expect(made.out.trim()).toMatch(/^\w{20}$/);
    const users = JSON.parse(atelier(['user', 'list', '--json']).out) as object[];
    expect(users).toEqual([expect.objectContaining({ username: 'root', role: 'admin' })]);
  });

  it.each([
    [['user', 'add', 'ada'], 'short\n', 'password must be'],
    [['user', 'passwd', 'nobody', '--random'], '', 'There is no user "nobody".'],
    [['user', 'list', '--port', 'x'], '', '--port must be a whole number'],
    [['key', 'create', '--user', 'nobody', '--name', 'x'], '', 'There is no user "nobody".'],
  ])('say what is wrong: %j', (args, input, message) => {
    const { status, err } = atelier(args, input);
    expect(status).toBe(1);
    expect(err).toContain(message);
    expect(err).not.toContain('    at ');
  });
});

describe('atelier models and config', () => {
  it('list, look again and hash', () => {
    const models = JSON.parse(atelier(['models', 'list', '--json']).out) as { name: string }[];
    expect(models.map(({ name }) => name)).toContain('tiny-emoji');
    expect(atelier(['models', 'scan']).out).toMatch(/^\d+ models, \d+ of them new or changed\n$/);
    const { out } = atelier(['models', 'hash', 'tiny-emoji']);
    for (const line of out.trim().split('\n')) expect(line).toMatch(/^[0-9a-f]{64} {2}\//);
    expect(atelier(['models', 'hash', 'nothing']).status).toBe(1);
  });

  it('prints each setting with its source, and no secret', () => {
    const file = join(folder.path, 'atelier.yaml');
    writeFileSync(file, 'auth: {admin_password: hunter2hunter2}\nserver: {port: 9001}\n');
    const { out } = atelier(['config', 'print', '--config', file, '--host', '::1', '--json']);
    expect(out).not.toContain('hunter2');
    expect(JSON.parse(out)).toMatchObject({
      server: {
        host: { value: '::1', source: 'command line', name: '--host' },
        port: { value: 9001, source: 'file', name: `server.port in ${file}` },
      },
      auth: { admin_password: { value: '********', source: 'file' } },
    });
  });
});

describe('atelier doctor', () => {
  interface Finding {
    state: string;
    text: string;
    mend?: string;
  }

  function examine(...args: string[]): { status: number | null; findings: Finding[] } {
    const { status, out } = atelier(['doctor', '--json', ...args]);
    return { status, findings: JSON.parse(out) as Finding[] };
  }

  it('finds nothing broken on a machine that is set up', () => {
    const { status, findings } = examine('--port', '0');
    expect(findings.filter(({ state }) => state === 'broken')).toEqual([]);
    expect(status).toBe(0);
    expect(findings.map(({ text }) => text)).toContainEqual(
      expect.stringMatching(/^The image engine loads: /),
    );
  });

  it('says what is broken and how to mend it, with exit status 1', async () => {
    atelier(['user', 'list']);
    const dataDir = join(folder.path, 'data');
    chmodSync(dataDir, 0o755);
    writeFileSync(join(dataDir, 'atelier.db'), 'this is no database, whatever its name says');
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const port = String((other.address() as AddressInfo).port);
    const { status, findings } = examine('--host', '127.0.0.1', '--port', port);
    other.close();
    expect(status).toBe(1);
    const expected = [
      ['broken', `Another program has port ${port}`],
      ['broken', 'The database '],
      ['wanting', 'Others on this machine may enter the data folder'],
    ] as const;
    for (const [state, text] of expected) {
      expect(findings).toContainEqual({
        state,
        text: expect.stringContaining(text) as string,
        mend: expect.stringMatching(/./) as string,
      });
    }
  });
});
