import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VERSION } from '../../src/common/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { addUser, bearer, errorOf, send, tokenOf } from '../support/auth.js';
import { jobEnd, submitted } from '../support/jobs.js';

const METRICS_TOKEN = 'reads-the-metrics-0123456789-abcdef';

let server: TestApp;
let port: number;
let admin: string;
let user: string;
let restarts = 0;

beforeAll(async () => {
  server = await createTestApp({
    env: { STABLE_DIFFUSION_HOST: '127.0.0.1', ATELIER_METRICS_TOKEN: METRICS_TOKEN },
    restart: () => (restarts += 1),
  });
  await addUser(server.app, 'anna', 'user');
  port = Number(new URL(await server.listen()).port);
  admin = await tokenOf(server.app);
  user = await tokenOf(server.app, 'anna');
});

afterAll(async () => {
  await server.close();
});

const read = (path: string, token?: string) =>
  send(server.app, 'GET', path, token === undefined ? {} : bearer(token));

describe('GET /api/health', () => {
  it('is public and answers as documented', async () => {
    const { status, body } = await read('/api/health');
    expect(status).toBe(200);
    expect(body).toEqual({
      status: 'healthy',
      timestamp: expect.closeTo(Date.now() / 1000, -1) as number,
      version: VERSION,
    });
    expect(Number.isInteger(body['timestamp'])).toBe(true);
  });
});

describe('GET /api/status', () => {
  it('is public and answers as documented', async () => {
    const { status, body } = await read('/api/status');
    expect(status).toBe(200);
    expect(body).toEqual({
      server: { running: true, host: '127.0.0.1', port },
      generation_queue: { running: true, queue_size: 0, active_generations: 0 },
      models: { loaded_count: 0, available_count: expect.any(Number) as number },
    });
  });

  it('counts what is loaded', async () => {
    await jobEnd(server.app, user, await submitted(server.app, user));
    expect((await read('/api/status')).body['models']).toMatchObject({ loaded_count: 1 });
  });
});

describe('GET /api/version', () => {
  it('is public and answers as documented', async () => {
    const { status, body } = await read('/api/version');
    expect(status).toBe(200);
    expect(body).toEqual({
      version: VERSION,
      type: expect.stringMatching(/^(release|development)$/) as string,
      commit: {
        short: expect.stringMatching(/^([0-9a-f]{7}|unknown)$/) as string,
        full: expect.stringMatching(/^([0-9a-f]{40}|unknown)$/) as string,
      },
      branch: expect.stringMatching(/./) as string,
      clean: expect.any(Boolean) as boolean,
      build_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
    });
  });
});

describe('GET /api/config', () => {
  it('requires authentication', async () => {
    expect((await read('/api/config')).status).toBe(401);
  });

  const PORT = {
    value: 8080,
    source: 'default',
    name: null,
    doc: 'TCP port to listen on; 0 takes a free one.',
  };

  it('says each value and where it came from, and no secret', async () => {
    const { body } = await read('/api/config', admin);
    expect(body['config']).toMatchObject({
      server: {
        host: { value: '127.0.0.1', source: 'environment', name: 'STABLE_DIFFUSION_HOST' },
        port: PORT,
      },
      auth: {
        metrics_token: { value: '********', source: 'environment' },
        admin_password: { value: '********' },
      },
    });
    expect(JSON.stringify(body)).not.toContain(METRICS_TOKEN);
  });

  it('shows users numbers, switches and choices, and no folder, address or account', async () => {
    const { body } = await read('/api/config', user);
    const config = body['config'] as Record<string, Record<string, { value: unknown }>>;
    expect(config['server']!['port']).toEqual(PORT);
    expect(config['auth']!['methods']).toMatchObject({ value: ['jwt', 'api-key'] });
    const texts = Object.values(config)
      .flatMap((section) => Object.values(section))
      .flatMap(({ value }) => value)
      .filter((value) => typeof value === 'string');
    for (const text of texts) expect(text).toMatch(/^[a-z0-9-]+$/);
    for (const field of ['host', 'unix_socket', 'trusted_proxies', 'listeners'])
      expect(config['server']).not.toHaveProperty(field);
    expect(Object.keys(config['storage']!).toSorted()).toEqual([
      'begin_anew',
      'clock_patience_hours',
      'reserve_mb',
    ]);
    expect(config['auth']).not.toHaveProperty('machine_admins');
    expect(config['auth']).not.toHaveProperty('unix_user_proxies');
    expect(config['auth']).not.toHaveProperty('admin_password');
    expect(config['text']).not.toHaveProperty('endpoint');
  });
});

describe('GET /api/system', () => {
  it('requires authentication', async () => {
    expect((await read('/api/system')).status).toBe(401);
  });

  it('does not tell users where the data folder is', async () => {
    const { body } = await read('/api/system', user);
    expect(body['system']).toMatchObject({
      disk: { path: null, total: expect.any(Number) as number },
    });
  });

  it('tells of the machine, the process, the disk and the engine', async () => {
    const { status, body } = await read('/api/system', admin);
    expect(status).toBe(200);
    expect(body['system']).toMatchObject({
      node: process.version,
      process: { pid: process.pid },
      disk: { path: server.dataDir },
      engine: { available: true, name: 'fake', devices: [{ name: 'CPU' }] },
    });
    const { memory, disk, cpu } = body['system'] as Record<string, Record<string, number>>;
    expect(memory!['total']).toBeGreaterThan(memory!['free']!);
    expect(disk!['free']).toBeGreaterThan(0);
    expect(cpu!['cores']).toBeGreaterThan(0);
  });
});

describe('POST /api/system/restart', () => {
  const restart = (token?: string) =>
    send(server.app, 'POST', '/api/system/restart', token === undefined ? {} : bearer(token));

  it('requires an administrator', async () => {
    expect((await restart()).status).toBe(401);
    const refused = await restart(user);
    expect(refused.status).toBe(403);
    expect(errorOf(refused).code).toBe('INSUFFICIENT_PERMISSIONS');
    expect(restarts).toBe(0);
  });

  it('answers as documented and begins the restart once the answer is out', async () => {
    const reply = await fetch(`http://127.0.0.1:${port}/api/system/restart`, {
      method: 'POST',
      headers: bearer(admin),
    });
    expect(await reply.json()).toEqual({ message: 'Server restart initiated' });
    await expect.poll(() => restarts).toBe(1);
  });
});

describe('GET /metrics', () => {
  const metrics = (token: string) => server.app.inject({ url: '/metrics', headers: bearer(token) });

  it('is for administrators and the token of the configuration', async () => {
    expect((await metrics(user)).statusCode).toBe(403);
    expect((await metrics('garbage')).statusCode).toBe(401);
    expect((await metrics(admin)).statusCode).toBe(200);
    expect((await metrics(METRICS_TOKEN)).statusCode).toBe(200);
  });

  it('takes that token nowhere else', async () => {
    for (const path of ['/api/auth/me', '/api/queue/status', '/api/config']) {
      expect((await read(path, METRICS_TOKEN)).status).toBe(403);
    }
  });

  it('counts requests by route, jobs, models and the process', async () => {
    await jobEnd(server.app, user, await submitted(server.app, user));
    await server.app.inject({ url: '/api/nothing?secret=1' });
    const { body, headers } = await metrics(METRICS_TOKEN);
    expect(headers['content-type']).toMatch(/^text\/plain; version=0.0.4/);
    for (const line of [
      /^atelier_http_request_seconds_count\{method="POST",route="\/api\/generate\/text2img",status="202"\} \d+$/m,
      /^atelier_http_request_seconds_count\{method="GET",route="none",status="404"\} \d+$/m,
      /^atelier_jobs_ended_total\{kind="text2img",state="completed"\} \d+$/m,
      /^atelier_job_seconds_count\{kind="text2img"\} \d+$/m,
      /^atelier_queue_size 0$/m,
      /^atelier_engine_restarts 0$/m,
      /^atelier_models_loaded 1$/m,
      /^process_resident_memory_bytes \d+$/m,
    ]) {
      expect(body).toMatch(line);
    }
    expect(body).not.toContain('secret');
  });
});

describe('the description of the API', () => {
  it('is served to everybody, as it is kept in docs/', async () => {
    const { status, body } = await read('/api/openapi.json');
    expect(status).toBe(200);
    expect(body).toMatchObject({ openapi: '3.1.0', info: { title: 'Atelier', version: VERSION } });
  });

  it('is a page that loads nothing from elsewhere', async () => {
    const page = await server.app.inject({ url: '/api/docs' });
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.body).not.toMatch(/https?:\/\//);
    const script = await server.app.inject({ url: '/api/docs/scalar.js' });
    expect(script.statusCode).toBe(200);
    expect(script.body).toContain('createApiReference');
  });
});
